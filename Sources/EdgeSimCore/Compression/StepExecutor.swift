import Compression
import NeuralNetworks
import Training

/// Applies steps to networks.
struct StepExecutor: Sendable {
  let samples: RecipeSamples
  /// The recipe's devices.
  let tests: [DeviceUnderTest]
  let work: CompressionWork?
  let jobs: Int
  let progress: Progress
  /// Leaves training and measuring out: finds out whether steps can be applied at all.
  var isRehearsal = false

  /// - Returns: what the step did to each layer; `state.note` says what it chose.
  func apply(
    _ step: CompressionRecipe.Step, to state: inout VariantState, teacher: (any Teacher)?,
    label: String
  ) throws(ModelError) -> [LayerRecord] {
    state.note = nil
    switch step.action {
    case .train(let training):
      return try train(training, &state, teacher: teacher, label: label)
    case .prune(let pruning):
      return try take(pruning.applied(to: state.network, constraints: state.constraints), &state)
    case .removeChannels(let removal):
      let pruning = try self.pruning(removal, state)
      let cut = try pruning.applied(to: state.network, constraints: state.constraints)
      try checkRemoval(from: state.network, to: cut.network)
      return take(cut, &state)
    case .cluster(let clustering):
      return try take(
        clustering.applied(to: state.network, constraints: state.constraints), &state)
    case .factorize(let factorization):
      return try take(
        factorization.applied(to: state.network, constraints: state.constraints), &state)
    case .equalize:
      let (network, record) = CrossLayerEqualization.equalized(
        state.network, ranges: state.ranges ?? .init())
      state.network = network
      (state.untrained, state.ranges) = (nil, nil)
      return record.layers
    case .logarithmic(let quantization):
      let (network, record) = try quantization.quantize(state.network)
      state.network = network
      (state.untrained, state.ranges) = (nil, nil)
      return record.layers
    case .mixedPrecision(let step): return try chooseBits(step, &state)
    case .quantize(let quantization): return try quantize(quantization, &state)
    }
  }

  private func take(_ result: CompressedNetwork, _ state: inout VariantState) -> [LayerRecord] {
    state.take(result)
    return result.record.layers
  }

  private func pruning(
    _ removal: CompressionRecipe.ChannelRemoval, _ state: VariantState
  ) throws(ModelError) -> ChannelPruning {
    let measured = samples.training.spread(isRehearsal ? 1 : removal.sampleCount)
    let criterion: ChannelPruning.Criterion
    switch removal.criterion {
    case .l1: criterion = .l1
    case .l2: criterion = .l2
    case .random: criterion = .random(seed: samples.seed)
    case .meanActivation: criterion = .meanActivation(measured)
    case .zeroActivations: criterion = .zeroActivations(measured)
    case .taylor:
      criterion = .taylor(
        gradients: try TrainableNetwork(state.network).gradients(
          on: measured, objective: samples.objective.training))
    }
    var pruning = ChannelPruning(
      removal.target, by: criterion, budget: removal.budget, amount: removal.amount)
    pruning.minimumChannels = removal.minimumChannels
    pruning.multiple = removal.multiple
    if removal.compensates { pruning.compensation = measured }
    return pruning
  }

  /// A step that takes nothing out would be a mistake that nobody sees.
  private func checkRemoval(from before: Network, to after: Network) throws(ModelError) {
    guard before.main.tensors.map(\.shape) == after.main.tensors.map(\.shape) else { return }
    let targets = ChannelPruning.Target.allCases.filter { $0.isIn(before) }.map(\.rawValue)
    throw ModelError(
      place: "network", found: "no channel that this step can remove",
      expected: "a larger share, or another target: \(targets.joined(separator: " or "))")
  }
}

extension NetworkScore.Objective {
  var training: TrainingObjective {
    self == .reconstruction ? .reconstruction : .classes(labelSmoothing: 0)
  }
}

/// The samples of a recipe, in memory.
struct RecipeSamples: Sendable {
  var training: SampleSet
  var validation: SampleSet?
  var test: SampleSet
  var objective: NetworkScore.Objective
  var seed: UInt64
  /// Names the training and validation data in keys of finished work.
  var fingerprint: String
}

extension SampleSet {
  /// So many samples, evenly spread over the set; all when there are no more.
  func spread(_ most: Int) -> SampleSet {
    guard most < count else { return self }
    return subset((0..<most).map { $0 * count / most })
  }

  /// What training may see: all, or for a reconstruction the normal samples, those of the first
  /// class.
  func usable(for objective: NetworkScore.Objective) -> SampleSet {
    guard objective == .reconstruction, !labels.isEmpty else { return self }
    return subset(labels.indices.filter { labels[$0] == 0 })
  }

  /// Names the content.
  var fingerprint: String {
    let bytes = values.withUnsafeBytes { Array($0) } + labels.flatMap { Array("\($0),".utf8) }
    return ContentHash.sha256(of: bytes)
  }
}
