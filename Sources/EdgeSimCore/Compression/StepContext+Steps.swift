import Compression
import NeuralNetworks
import Training

/// Reads steps that need no training.
extension StepContext {
  private static let names = [
    "train", "distil", "prune", "remove-channels", "cluster", "factorize", "equalize",
    "logarithmic", "mixed-precision", "quantize",
  ]

  func step(_ object: DocumentObject) -> CompressionRecipe.Step? {
    defer { object.finish() }
    guard let name = object.choice("step", of: Self.names), let action = action(name, object)
    else { return nil }
    return CompressionRecipe.Step(
      action: action, place: "\(object.place) (\(name))", position: object.position)
  }

  private func action(_ name: String, _ object: DocumentObject) -> CompressionRecipe.Action? {
    switch name {
    case "train", "distil":
      return training(object, isDistillation: name == "distil").map { .train($0) }
    case "prune": return pruning(object).map { .prune($0) }
    case "remove-channels": return removal(object).map { .removeChannels($0) }
    case "cluster": return clustering(object).map { .cluster($0) }
    case "factorize": return factorization(object).map { .factorize($0) }
    case "equalize": return .equalize
    case "logarithmic": return logarithmic(object).map { .logarithmic($0) }
    case "mixed-precision": return mixedPrecision(object).map { .mixedPrecision($0) }
    default: return quantization(object).map { .quantize($0) }
    }
  }

  /// `key` for all layers, and `layers` with other values or null for single ones.
  private func perLayer<Value>(
    _ object: DocumentObject, _ key: String, _ read: (DocumentObject, String) -> Value?
  ) -> PerLayer<Value>? {
    let standard = object.optional(key) == nil ? nil : read(object, key)
    guard let layers = object.optionalObject("layers") else {
      if standard == nil, object.optional(key) == nil { _ = object.required(key) }
      return standard.map { PerLayer($0) }
    }
    let exceptions = layers.pairs.compactMap { member -> PerLayer<Value>.Exception? in
      if case .null = member.node.value { return .init(member.key, nil) }
      return read(layers, member.key).map { .init(member.key, $0) }
    }
    return PerLayer(standard, except: exceptions)
  }

  /// Methods and what their amount is called.
  private static let methods = [
    "magnitude", "global-magnitude", "random", "threshold", "deviations", "pattern", "blocks",
  ]

  func method(_ object: DocumentObject) -> WeightPruning.Method? {
    let name =
      object.optional("method") == nil
      ? "magnitude" : object.choice("method", of: Self.methods)
    switch name {
    case "magnitude": return .magnitude
    case "global-magnitude": return .globalMagnitude
    case "random": return .random(seed: seed)
    case "threshold": return .threshold
    case "deviations": return .deviations
    case "pattern":
      let (kept, group) = (object.int("kept", in: 1...255), object.int("of", in: 2...256))
      guard let kept, let group else { return nil }
      return .pattern(kept: kept, of: group)
    case "blocks":
      let outputs = object.int("outputs", in: 1...4096)
      let inputs = object.int("inputs", in: 1...4096)
      guard let outputs, let inputs else { return nil }
      return .blocks(outputs: outputs, inputs: inputs)
    default: return nil
    }
  }

  private func pruning(_ object: DocumentObject) -> WeightPruning? {
    let leavesDepthwise = object.optionalBool("leavesDepthwise") ?? false
    guard let method = method(object) else { return nil }
    if case .pattern = method { return WeightPruning(method, amount: PerLayer(1)) }
    let isShare =
      switch method {
      case .threshold, .deviations: false
      default: true
      }
    return perLayer(object, isShare ? "sparsity" : "amount") { object, key in
      object.optionalNumber(key, in: isShare ? 0...0.999 : 0...1e6)
    }.map { WeightPruning(method, amount: $0, leavesDepthwise: leavesDepthwise) }
  }

  private func removal(_ object: DocumentObject) -> CompressionRecipe.ChannelRemoval? {
    let target = object.optionalChoice("target", of: ChannelPruning.Target.self)
    let criterion = object.optionalChoice(
      "criterion", of: CompressionRecipe.ChannelRemoval.Criterion.self)
    let budget = object.optionalChoice("budget", of: ChannelPruning.Budget.self)
    let amount = perLayer(object, "share") { object, key in
      object.optionalNumber(key, in: 0...0.99)
    }
    let minimum = object.optionalInt("minimumChannels", in: 1...65_536)
    let multiple = object.optionalInt("multipleOf", in: 1...256)
    let compensates = object.optionalBool("compensates")
    let samples = object.optionalInt("samples", in: 1...100_000)
    return amount.map {
      CompressionRecipe.ChannelRemoval(
        target: target ?? .filters, criterion: criterion ?? .l1, budget: budget ?? .layer,
        amount: $0, minimumChannels: minimum ?? 1, multiple: multiple ?? 1,
        compensates: compensates ?? false, sampleCount: samples ?? 128)
    }
  }

  private func clustering(_ object: DocumentObject) -> WeightClustering? {
    let starts: [String: WeightClustering.Start] = [
      "linear": .linear, "density": .density, "k-means++": .plusPlus(seed: seed),
    ]
    let start =
      object.optional("start") == nil
      ? nil : object.choice("start", of: starts.keys.sorted()).flatMap { starts[$0] }
    let slice = object.optionalChoice("per", of: WeightClustering.Slice.self)
    let keepsZeros = object.optionalBool("keepsZeros")
    return perLayer(object, "values") { object, key in
      object.optionalInt(key, in: 2...256)
    }.map {
      WeightClustering(
        count: $0, start: start ?? .linear, slice: slice ?? .tensor,
        keepsZeros: keepsZeros ?? true)
    }
  }

  private func factorization(_ object: DocumentObject) -> LowRankFactorization? {
    let keys = ["rank", "energy", "macs"]
    guard let key = keys.first(where: object.has) else {
      object.problems.record(
        at: object.position, place: object.place, found: "no rank",
        expected: "one of \(keys.joined(separator: ", "))")
      return nil
    }
    let split = object.optionalChoice("split", of: LowRankFactorization.Split.self)
    let rank = perLayer(object, key) { object, name -> LowRankFactorization.Rank? in
      switch key {
      case "rank": object.optionalInt(name, in: 1...65_536).map { .rank($0) }
      case "energy": object.optionalNumber(name, in: 0.001...0.999).map { .energy($0) }
      default: object.optionalNumber(name, in: 0.001...0.999).map { .macs($0) }
      }
    }
    return rank.map { LowRankFactorization(rank: $0, split: split ?? .channels) }
  }
}
