import NeuralNetworks
import Training

/// Replaces a layer by two thinner ones whose product is nearest to it: a truncated singular value
/// decomposition of its weights.
public struct LowRankFactorization: Sendable, Equatable {
  /// What decides how thin.
  public enum Rank: Sendable, Hashable {
    case rank(Int)
    /// The least rank that keeps this share of the squared singular values.
    case energy(Double)
    /// The greatest rank with at most this share of the layer's multiply-accumulates.
    case macs(Double)
  }

  /// How the filter of a convolution is seen as a matrix.
  public enum Split: String, Sendable, Hashable, CaseIterable {
    /// Outputs x (taps x inputs): the same filter with fewer outputs, then 1 x 1 (Zhang et al.
    /// 2016, "Accelerating Very Deep Convolutional Networks"; Tucker's of one mode).
    case channels
    /// (Rows x inputs) x (outputs x columns): a column filter, then a row filter (Jaderberg et al.
    /// 2014, "Speeding up Convolutional Neural Networks with Low Rank Expansions"). Filters of one
    /// row or column, and dense layers, are split by channels.
    case spatial
  }

  public var rank: PerLayer<Rank>
  public var split: Split

  public init(rank: PerLayer<Rank>, split: Split = .channels) {
    self.rank = rank
    self.split = split
  }

  /// The network with two operators for each layer that gets smaller by it; others stay, unless
  /// they are named. Masks and groups of replaced weights end.
  ///
  /// - Throws: `ModelError` before any work when a rank is out of range or a name of no layer; and
  ///   when a layer that is named is of another kind, shares its weights, or would not be smaller.
  public func applied(
    to network: Network, constraints: WeightConstraints = WeightConstraints()
  ) throws(ModelError) -> CompressedNetwork {
    let settings = try settings(in: network)
    let weights = try network.finiteWeights(of: settings.map(\.layer))
    var factors: [LayerFactors] = []
    for (setting, values) in zip(settings, weights) {
      let form = FactorForm(setting.layer, network.main, split)
      if let found = try self.factors(of: setting, form, values) { factors.append(found) }
    }
    var result = CompressedNetwork(
      network: network, constraints: constraints,
      record: CompressionRecord(step: "factorize", layers: factors.map(\.record)))
    // From the back, so that places of operators still to come stay.
    for factors in factors.reversed() {
      factors.insert(into: &result.network.subgraphs[0])
      result.constraints.masks[factors.form.layer.weights] = nil
      result.constraints.groups[factors.form.layer.weights] = nil
    }
    try result.network.validate()
    return result
  }

  private func settings(in network: Network) throws(ModelError) -> [LayerSetting<Rank>] {
    for value in rank.values where !value.isInRange {
      throw ModelError(
        place: "factorization", found: "\(value)",
        expected: "a rank of at least 1, or a share above 0 and below 1")
    }
    let uses = network.main.operators.flatMap { $0.inputs.compactMap { $0 } }
    var settings: [LayerSetting<Rank>] = []
    for setting in try rank.resolved(in: network) {
      let users = uses.count { $0 == setting.layer.weights }
      let obstacle =
        setting.layer.kind != .convolution && setting.layer.kind != .dense
        ? "a layer of kind \(setting.layer.kind)"
        : FactorForm.isGrouped(setting.layer, network.main)
          ? "a grouped convolution" : users > 1 ? "weights that \(users) operators share" : nil
      if let obstacle, setting.isNamed {
        throw setting.layer.failure(
          found: obstacle, expected: "a convolution or a dense layer with weights of its own")
      }
      if obstacle == nil { settings.append(setting) }
    }
    return settings
  }

  /// Nil when the layer would not be smaller, and nobody asked for it by name.
  private func factors(
    of setting: LayerSetting<Rank>, _ form: FactorForm, _ values: [Float]
  ) throws(ModelError) -> LayerFactors? {
    let shorter = min(form.rows, form.columns)
    guard shorter <= Self.greatestExtent else {
      if !setting.isNamed { return nil }
      throw setting.layer.failure(
        found: "a matrix of \(form.rows) x \(form.columns)",
        expected: "at most \(Self.greatestExtent) rows or columns")
    }
    // Known before any work, unless the values decide.
    let most = form.greatestUsefulRank
    let known = form.rank(for: setting.value)
    if known.map({ $0 <= most && $0 >= 1 }) ?? (most >= 1) {
      let decomposition = form.decomposed(values)
      let rank = known ?? form.rank(keeping: setting.value, of: decomposition.values)
      if rank <= most { return LayerFactors(form, decomposition, rank: rank, values) }
      if setting.isNamed { throw form.tooLarge(rank) }
    } else if setting.isNamed {
      throw form.tooLarge(known ?? 1)
    }
    return nil
  }

  /// Of the shorter side: the decomposition takes time with its square.
  static let greatestExtent = 2048
}

extension LowRankFactorization.Rank {
  fileprivate var isInRange: Bool {
    switch self {
    case .rank(let rank): rank >= 1
    case .energy(let share), .macs(let share): share > 0 && share < 1
    }
  }
}
