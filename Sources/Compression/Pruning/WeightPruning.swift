import NeuralNetworks
import Training

/// Sets weights to zero and leaves the network's shapes as they are.
///
/// Sparsity is exact: of n weights (or blocks) the nearest number to `sparsity * n` become zero.
/// Of equal weights the first ones go. Weights that a mask holds at zero already go first.
public struct WeightPruning: Sendable, Equatable {
  public enum Method: Sendable, Hashable {
    /// The least magnitudes of each layer; the amount is a sparsity.
    case magnitude
    /// The least magnitudes of all layers together; the amount is the sparsity over them, and has
    /// no exceptions but layers that are left alone.
    case globalMagnitude
    /// Any weights of each layer: the baseline that others have to beat. The amount is a sparsity.
    case random(seed: UInt64)
    /// Magnitudes below the amount.
    case threshold
    /// Magnitudes below the amount times the standard deviation of the layer's weights (Han et al.
    /// 2015, "Learning both Weights and Connections for Efficient Neural Networks").
    case deviations
    /// Of each `group` neighbors along the inputs the `kept` largest stay (2:4 of NVIDIA's sparse
    /// tensor cores). A last group that is shorter keeps as many, if it has them. The amount is
    /// not used; depthwise layers have no neighbors and are left alone.
    case pattern(kept: Int, of: Int)
    /// Blocks of outputs x inputs at one tap, by mean magnitude; the amount is the share of blocks.
    /// Blocks at the edges may be smaller.
    case blocks(outputs: Int, inputs: Int)
  }

  public var method: Method
  public var amount: PerLayer<Double>
  /// Whether depthwise filters that are not named stay as they are: they are few weights, and each
  /// one is all that a channel has.
  public var leavesDepthwise = false

  public init(_ method: Method, amount: PerLayer<Double>, leavesDepthwise: Bool = false) {
    self.method = method
    self.amount = amount
    self.leavesDepthwise = leavesDepthwise
  }

  /// The network with fewer weights that are not zero, and masks that hold them there.
  ///
  /// O(weights x log weights).
  ///
  /// - Parameter constraints: of earlier steps; their masks hold, too.
  /// - Throws: `ModelError` before any work when an amount is out of range, a layer has no such
  ///   name or kind, or a weight is not finite.
  public func applied(
    to network: Network, constraints: WeightConstraints = WeightConstraints()
  ) throws(ModelError) -> CompressedNetwork {
    let settings = try settings(in: network)
    let weights = try network.finiteWeights(of: settings.map(\.layer))
    var result = CompressedNetwork(
      network: network, constraints: constraints,
      record: CompressionRecord(step: "prune", layers: []))
    let known = settings.map { constraints.masks[$0.layer.weights] }
    for (index, mask) in masks(settings, weights, known).enumerated() {
      let layer = settings[index].layer
      let kept = zip(mask, known[index] ?? mask).map { $0 & $1 }
      let values = zip(weights[index], kept).map { $1 == 0 ? 0 : $0 }
      result.network.subgraphs[0].tensors[layer.weights] =
        network.main.tensors[layer.weights].holding(values)
      result.constraints.masks[layer.weights] = kept
      result.record.layers.append(
        LayerRecord(name: layer.name, before: weights[index], after: values))
    }
    return result
  }

  /// Layers with their amounts, after all checks.
  private func settings(in network: Network) throws(ModelError) -> [LayerSetting<Double>] {
    try checkMethod()
    for value in amount.values {
      guard isInRange(value) else {
        throw ModelError(place: "pruning", found: "the amount \(value)", expected: rangeText)
      }
    }
    let settings = try amount.resolved(in: network).filter {
      !leavesDepthwise || $0.isNamed || $0.layer.kind != .depthwise
    }
    if case .globalMagnitude = method, let other = settings.first(where: \.isNamed) {
      throw other.layer.failure(
        found: "a sparsity of its own", expected: "none, as all layers are pruned together")
    }
    guard case .pattern = method else { return settings }
    if let depthwise = settings.first(where: { $0.isNamed && $0.layer.kind == .depthwise }) {
      throw depthwise.layer.failure(
        found: "a depthwise filter, which has no neighbors along the inputs",
        expected: "a convolution or a dense layer")
    }
    return settings.filter { $0.layer.kind != .depthwise }
  }

  private func checkMethod() throws(ModelError) {
    switch method {
    case .pattern(let kept, let group)
    where !(1...256).contains(group) || !(0..<group).contains(kept):
      throw ModelError(
        place: "pruning", found: "the pattern \(kept):\(group)",
        expected: "fewer kept weights than the group has, and groups of at most 256")
    case .blocks(let outputs, let inputs)
    where !(1...4096).contains(outputs) || !(1...4096).contains(inputs):
      throw ModelError(
        place: "pruning", found: "blocks of \(outputs) x \(inputs)",
        expected: "extents from 1 to 4096")
    default: break
    }
  }

  private func isInRange(_ amount: Double) -> Bool {
    switch method {
    case .threshold, .deviations: amount.isFinite && amount >= 0
    case .pattern: true
    default: (0..<1).contains(amount)
    }
  }

  private var rangeText: String {
    switch method {
    case .threshold: "a finite magnitude from 0"
    case .deviations: "a finite number of standard deviations from 0"
    default: "a sparsity from 0 to below 1"
    }
  }
}
