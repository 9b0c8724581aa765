import NeuralNetworks
import Training

/// Takes whole channels out of a network, through all operators that they pass.
public struct ChannelPruning: Sendable {
  /// Which slices of which layers are scored.
  public enum Target: String, Sendable, Hashable, CaseIterable {
    /// Output channels of convolutions.
    case filters
    /// Input channels of convolutions and dense layers.
    case channels
    /// Units of dense layers.
    case rows
  }

  public enum Criterion: Sendable {
    /// Sum of magnitudes (Li et al. 2017, "Pruning Filters for Efficient ConvNets").
    case l1
    /// Root of the sum of squares.
    case l2
    /// The baseline that others have to beat.
    case random(seed: UInt64)
    /// Mean magnitude of the activations on samples.
    case meanActivation(SampleSet)
    /// Share of activations that are not zero: 1 - APoZ (Hu et al. 2016, "Network Trimming").
    case zeroActivations(SampleSet)
    /// First-order Taylor expansion: the mean over minibatches of the square of the sum of weight
    /// times gradient (Molchanov et al. 2019, "Importance Estimation for Neural Network Pruning",
    /// eq. 8). For each minibatch the gradients of the weights, by tensor.
    case taylor(gradients: [[Int: [Float]]])
  }

  /// What the amount is a share of.
  public enum Budget: String, Sendable, Hashable, CaseIterable {
    /// The channels of each group of layers that share channels.
    case layer
    /// All channels that can be removed; scores of different layers are compared as shares of
    /// their layer's mean.
    case network
    /// The multiply-accumulates that are to be saved, at least.
    case macs
  }

  public var target: Target
  public var criterion: Criterion
  public var budget: Budget
  /// From 0 to below 1. Only the budget of layers takes other values for some of them.
  public var amount: PerLayer<Double>
  /// Channels that every layer keeps.
  public var minimumChannels = 1
  /// Samples on which the mean of what leaves is measured, to be added to the biases behind; nil to
  /// do without.
  public var compensation: SampleSet?
  /// Kept channels are rounded up to a multiple of this, as vector units like it.
  public var multiple = 1

  public init(
    _ target: Target, by criterion: Criterion, budget: Budget = .layer, amount: PerLayer<Double>
  ) {
    self.target = target
    self.criterion = criterion
    self.budget = budget
    self.amount = amount
  }

  /// `cut(of:)`, done, after compensation.
  public func applied(
    to network: Network, constraints: WeightConstraints = WeightConstraints()
  ) throws(ModelError) -> CompressedNetwork {
    let cut = try cut(of: network)
    let base = try compensation.map { samples throws(ModelError) in
      try cut.compensated(network, on: samples)
    }
    return try cut.removed(from: base ?? network, constraints: constraints)
  }

  /// Chooses the channels that leave. Layers without a channel that can leave stay as they are,
  /// unless they are named.
  ///
  /// - Throws: `ModelError` before any work when a setting is out of range, a name is of no layer
  ///   of the target, or channels that are asked for cannot leave: with the layer and the reason.
  public func cut(of network: Network) throws(ModelError) -> ChannelCut {
    try checkSettings()
    let layers = network.weightLayers.filter(isTarget)
    let settings = try self.settings(in: network)
    let graph = try graph(of: network)
    var candidates = ChannelCandidates(
      graph, layers, outputs: target != .channels, minimum: minimumChannels)
    let weights = try network.finiteWeights(of: candidates.axes.map(\.layer))
    try checkGradients(candidates.axes.map(\.layer))
    let statistics = try statistics(network, candidates.axes)
    candidates.score(
      zip(candidates.axes, weights).map { criterion.scores($0, $1, statistics) })
    switch budget {
    case .layer: try removePerLayer(&candidates, settings)
    case .network:
      let count = Ranking.count(amount.standard ?? 0, of: ranked(candidates).count)
      candidates = removing(count, from: candidates)
    case .macs: candidates = try removingMACs(candidates, network)
    }
    return ChannelCut(graph, removed: candidates.removed)
  }

  /// With the layers that are left alone held.
  private func graph(of network: Network) throws(ModelError) -> ChannelGraph {
    var graph = try ChannelGraph(network)
    for layer in network.weightLayers
    where amount.exceptions.contains(where: { $0.layer == layer.name && $0.value == nil }) {
      graph.fix(layer.weights, "\(layer.name) is left alone")
    }
    return graph
  }

  private func statistics(
    _ network: Network, _ axes: [ChannelCandidates.ScoredAxis]
  ) throws(ModelError) -> ChannelActivity? {
    switch criterion {
    case .meanActivation(let samples), .zeroActivations(let samples):
      let tensors = axes.map { $0.isOutput ? $0.layer.output : $0.layer.input }
      return try ChannelActivity(network, of: tensors, on: samples)
    default: return nil
    }
  }

  func isTarget(_ layer: WeightLayer) -> Bool { target.includes(layer) }
}

extension ChannelPruning.Target {
  func includes(_ layer: WeightLayer) -> Bool {
    switch self {
    case .filters: layer.kind != .dense
    case .channels: layer.inputAxis != nil
    case .rows: layer.kind == .dense
    }
  }

  /// Whether a network has such layers at all.
  public func isIn(_ network: Network) -> Bool { network.weightLayers.contains(where: includes) }
}
