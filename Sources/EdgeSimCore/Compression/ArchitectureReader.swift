import Training

/// Reads the layers of an architecture.
enum ArchitectureReader {
  private static let kinds = [
    "conv", "depthwise", "dense", "batch-norm", "activation", "max-pool", "average-pool",
    "global-average-pool", "add", "concatenate", "from", "flatten", "reshape", "dropout",
    "softmax", "lstm", "gru",
  ]
  private static let activations: [String: DifferentiableActivation] = [
    "relu": .relu, "relu6": .relu6, "relu-n1-to-1": .reluMinus1To1, "tanh": .tanh,
    "logistic": .logistic, "elu": .elu, "hard-swish": .hardSwish, "gelu": .gelu,
    "leaky-relu": .leakyReLU(slope: 0.1),
  ]
  private static let extents = 1...65_536

  /// Nil when a layer has problems.
  static func read(_ layers: [DocumentObject]) -> Architecture? {
    let result = layers.compactMap { layer -> Architecture.Layer? in
      defer { layer.finish() }
      let name = layer.optionalString("name")
      return layer.choice("layer", of: kinds).flatMap { read(layer, kind: $0) }
        .map { .init($0, name: name) }
    }
    return result.count == layers.count ? Architecture(result) : nil
  }

  private static func read(_ layer: DocumentObject, kind: String) -> Architecture.Kind? {
    switch kind {
    case "conv":
      let channels = layer.int("channels", in: extents)
      let filter = filter(layer, stride: (1, 1), hasWeights: true)
      guard let channels, let filter else { return nil }
      return .convolution(filter, channels: channels)
    case "depthwise":
      return filter(layer, stride: (1, 1), hasWeights: true).map { .depthwise($0) }
    case "dense":
      let activation = activation(layer)
      let usesBatchNorm = layer.optionalBool("batchNorm") ?? false
      return layer.int("units", in: extents).map {
        .dense(units: $0, usesBatchNorm: usesBatchNorm, activation: activation)
      }
    case "lstm", "gru":
      let returnsSequence = layer.optionalBool("sequence") ?? false
      return layer.int("units", in: 1...4096).map {
        kind == "lstm"
          ? .lstm(units: $0, returnsSequence: returnsSequence)
          : .gru(units: $0, returnsSequence: returnsSequence)
      }
    case "max-pool", "average-pool":
      let filter = filter(layer, stride: nil, hasWeights: false)
      return filter.map { kind == "max-pool" ? .maxPool($0) : .averagePool($0) }
    case "activation":
      return layer.required("activation").flatMap { _ in activation(layer) }
        .map { .activation($0) }
    case "add":
      let activation = activation(layer)
      return layer.string("of").map { .add($0, activation: activation) }
    case "concatenate": return layer.string("of").map { .concatenate($0) }
    case "from": return layer.string("of").map { .from($0) }
    case "reshape": return layer.ints("shape", in: extents, count: 1...8).map { .reshape($0) }
    case "dropout": return layer.number("rate", in: 0...0.95).map { .dropout(rate: Float($0)) }
    case "batch-norm": return .batchNorm
    case "global-average-pool": return .globalAveragePool
    case "flatten": return .flatten
    default: return .softmax
    }
  }

  private static func activation(_ layer: DocumentObject) -> DifferentiableActivation? {
    guard layer.optional("activation") != nil else { return nil }
    return layer.choice("activation", of: activations.keys.sorted()).flatMap { activations[$0] }
  }

  /// - Parameter stride: when absent; nil for that of the kernel.
  private static func filter(
    _ layer: DocumentObject, stride: (Int, Int)?, hasWeights: Bool
  ) -> Architecture.Filter? {
    let kernel = pair(layer, "kernel")
    let steps = layer.optional("stride") == nil ? nil : pair(layer, "stride")
    let padding =
      layer.optional("padding") == nil ? "same" : layer.choice("padding", of: ["same", "valid"])
    let usesBatchNorm = hasWeights ? layer.optionalBool("batchNorm") ?? false : false
    let activation = hasWeights ? activation(layer) : nil
    guard let kernel, let padding else { return nil }
    let step = steps ?? stride ?? kernel
    return Architecture.Filter(
      height: kernel.0, width: kernel.1, strideHeight: step.0, strideWidth: step.1,
      isSame: padding == "same", usesBatchNorm: usesBatchNorm, activation: activation)
  }

  /// A number for both axes, or a list of two.
  private static func pair(_ layer: DocumentObject, _ key: String) -> (Int, Int)? {
    guard let node = layer.required(key) else { return nil }
    if case .number = node.value { return layer.optionalInt(key, in: extents).map { ($0, $0) } }
    guard let both = layer.ints(key, in: extents, count: 1...8), both.count == 2 else {
      layer.reject(key, expected: "a number, or a list of height and width")
      return nil
    }
    return (both[0], both[1])
  }
}
