import NeuralNetworks
import ReproducibleMath
import Training

/// Changes one part of a network after the other, each with several strengths, and measures what
/// is left.
public struct SensitivityAnalysis: Sendable {
  public typealias Metric = @Sendable (Network) throws(ModelError) -> Double
  /// The network with a part changed; nil where the part cannot be changed so much.
  public typealias Change =
    @Sendable (_ part: Int, _ strength: Double) throws(ModelError) -> Network?

  public var network: Network
  /// Names of the parts.
  public var parts: [String]
  /// What the strengths are.
  public var strength: String
  public var strengths: [Double]
  public var change: Change

  public init(
    _ network: Network, parts: [String], strength: String, strengths: [Double],
    change: @escaping Change
  ) {
    self.network = network
    self.parts = parts
    self.strength = strength
    self.strengths = strengths
    self.change = change
  }

  /// O(parts x strengths) measurements. The table does not depend on `jobs`.
  ///
  /// - Parameter progress: told from any thread after each measurement, about how many are done.
  /// - Throws: the error of the first measurement that fails, in the table's order.
  public func table(
    of name: String, jobs: Int,
    progress: @Sendable (_ done: Int, _ total: Int) -> Void = { _, _ in },
    metric: Metric
  ) throws(ModelError) -> SensitivityTable {
    let total = parts.count * strengths.count
    let points = try Array(0..<total).parallelMap(jobs: jobs) {
      (place: Int) throws(ModelError) -> SensitivityTable.Point in
      let (part, strength) = (place / strengths.count, strengths[place % strengths.count])
      var value: Double?
      if let changed = try change(part, strength) { value = try metric(changed) }
      progress(place + 1, total)
      return SensitivityTable.Point(strength: strength, metric: value)
    }
    return SensitivityTable(
      strength: strength, metric: name, baseline: try metric(network),
      rows: parts.enumerated().map { index, part in
        let first = index * strengths.count
        return .init(part: part, points: Array(points[first..<first + strengths.count]))
      })
  }
}

extension SensitivityAnalysis {
  /// Each layer's weights at each sparsity (or whatever the method's amount is).
  public static func weights(
    of network: Network, method: WeightPruning.Method = .magnitude, amounts: [Double]
  ) -> SensitivityAnalysis {
    let names = network.weightLayers.map(\.name)
    return SensitivityAnalysis(
      network, parts: names, strength: "sparsity", strengths: amounts
    ) { (part, amount) throws(ModelError) -> Network? in
      let only = PerLayer(nil, except: [.init(names[part], amount)])
      return try WeightPruning(method, amount: only).applied(to: network).network
    }
  }

  /// Each layer without shares of its channels, together with the layers that share them. Where so
  /// many cannot leave there is no point.
  public static func channels(
    of network: Network, target: ChannelPruning.Target = .filters,
    criterion: ChannelPruning.Criterion = .l1, shares: [Double]
  ) -> SensitivityAnalysis {
    let pruning = ChannelPruning(target, by: criterion, amount: PerLayer(nil))
    let names = network.weightLayers.filter(pruning.isTarget).map(\.name)
    return SensitivityAnalysis(
      network, parts: names, strength: "share of channels removed", strengths: shares
    ) { (part, share) throws(ModelError) -> Network? in
      var own = pruning
      own.amount = PerLayer(nil, except: [.init(names[part], share)])
      return try own.isPossible(for: network) ? try own.applied(to: network).network : nil
    }
  }

  /// Each layer's weights with so many shared values.
  public static func values(of network: Network, counts: [Double]) -> SensitivityAnalysis {
    let names = network.weightLayers.map(\.name)
    return SensitivityAnalysis(
      network, parts: names, strength: "shared values", strengths: counts
    ) { (part, count) throws(ModelError) -> Network? in
      // What is no count at all is refused as one that is out of range.
      let whole = Int(exactly: count) ?? 0
      let only = PerLayer(nil, except: [.init(names[part], whole)])
      return try WeightClustering(count: only).applied(to: network).network
    }
  }

  /// Each layer's weights rounded to so many bits, symmetric, each channel with its scale.
  public static func bits(of network: Network, widths: [Double]) -> SensitivityAnalysis {
    let layers = network.weightLayers
    return SensitivityAnalysis(
      network, parts: layers.map(\.name), strength: "bits", strengths: widths
    ) { (part, width) throws(ModelError) -> Network? in
      guard let bits = Int(exactly: width), (2...16).contains(bits) else {
        throw layers[part].failure(found: "\(width) bits", expected: "2 to 16")
      }
      return network.holding(network.rounded(layers[part], bits: bits), in: layers[part])
    }
  }

  /// What rounding each layer to its bits would do. O(weights).
  public static func roundingRecords(of network: Network, bits: [String: Int]) -> [LayerRecord] {
    network.weightLayers.compactMap { layer in
      bits[layer.name].map {
        LayerRecord(
          name: layer.name, before: network.main.tensors[layer.weights].floats ?? [],
          after: network.rounded(layer, bits: $0), bitsAfter: $0)
      }
    }
  }

  /// Each output channel of one layer, removed alone: strength 1.
  ///
  /// - Throws: `ModelError` when there is no such layer.
  public static func filters(
    of network: Network, layer name: String
  ) throws(ModelError) -> SensitivityAnalysis {
    let layer = try PerLayer(nil, except: [.init(name, 1)]).resolved(in: network)[0].layer
    let graph = try ChannelGraph(network)
    return SensitivityAnalysis(
      network, parts: (0..<layer.outputCount).map { "\(name)[\($0)]" }, strength: "removed",
      strengths: [1]
    ) { (part, _) throws(ModelError) -> Network? in
      try ChannelCut(graph, channels: [part], of: layer)?.removed(from: network).network
    }
  }
}

extension Network {
  /// A layer's weights rounded, each channel with its scale. O(weights).
  fileprivate func rounded(_ layer: WeightLayer, bits: Int) -> [Float] {
    let tensor = main.tensors[layer.weights]
    return WeightQuantization(
      symmetric: tensor.floats ?? [], bits: bits,
      groups: WeightGroups(.channel, shape: tensor.shape, axis: layer.outputAxis)
    ).values
  }

  fileprivate func holding(_ weights: [Float], in layer: WeightLayer) -> Network {
    var result = self
    result.subgraphs[0].tensors[layer.weights] = main.tensors[layer.weights].holding(weights)
    return result
  }
}
