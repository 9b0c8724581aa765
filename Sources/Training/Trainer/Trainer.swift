import NeuralNetworks
import ReproducibleMath

/// Trains a network, epoch by epoch.
///
/// The same settings, data and seed give the same bits on every machine, with any number of
/// threads: see `Minibatch`. Shuffling, augmentation and dropout draw from streams named after
/// epoch and sample, so that a training that was resumed goes on as if it had never stopped.
public final class Trainer {
  public let settings: TrainingSettings
  /// Of the epochs done.
  public internal(set) var records: [EpochRecord] = []
  /// As it was given, with the weights found so far.
  public internal(set) var network: TrainableNetwork
  /// What is executed: with rounding, and with the maps of features behind.
  let graph: TrainableNetwork
  /// Of all parameters of `graph`; the network's come first.
  var parameters: [TrainableNetwork.Parameter]
  var moments: [[Float]]
  var stepCount = 0
  /// Of rounding nodes, by node.
  var ranges: [ClosedRange<Float>?]
  var best: BestWeights?
  let training: SampleSet
  let validation: SampleSet?
  var constraints: ParameterConstraints
  let quantization: FakeQuantizationScheme?
  let distillation: Distillation?
  let teacher: TeacherSession?
  let execution: GraphExecution
  let heads: FeatureHeads

  /// Weights of the epoch with the best loss.
  struct BestWeights: Equatable {
    /// Epochs done then.
    var epoch: Int
    var loss: Double
    var parameters: [[Float]]
    var ranges: [ClosedRange<Float>?]
  }

  /// - Parameters:
  ///   - validation: what early stopping watches, or else the training loss.
  ///   - constraints: by tensor of the `Network` that `network` came from.
  ///   - quantization: rounds weights and activations; nil trains in float. A network of an
  ///     architecture has its batch norms folded first.
  /// - Throws: `ModelError` when settings, samples, labels, constraints or features do not fit.
  public init(
    _ network: TrainableNetwork, training: SampleSet, validation: SampleSet? = nil,
    settings: TrainingSettings, constraints: WeightConstraints = .init(),
    quantization: FakeQuantizationScheme? = nil, distillation: Distillation? = nil
  ) throws(ModelError) {
    try settings.check()
    try quantization?.check()
    try network.check(training, settings.objective)
    if let validation { try network.check(validation, settings.objective) }
    // Rounding concerns the network as it is written: batch norms folded.
    self.network =
      quantization != nil && network.source == nil
      ? try TrainableNetwork(network.network()) : network
    var graph = quantization == nil ? self.network : self.network.withRounding()
    heads = try FeatureHeads(distillation, of: &graph, objective: settings.objective)
    self.graph = graph
    self.training = training
    self.validation = validation
    self.settings = settings
    self.quantization = quantization
    self.distillation = distillation
    self.constraints = try ParameterConstraints(constraints, of: graph)
    parameters = graph.parameters
    moments = graph.parameters.map {
      Array(
        repeating: 0, count: $0.isTrained ? settings.optimizer.momentCount * $0.values.count : 0)
    }
    ranges = graph.initialRanges(quantization)
    execution = GraphExecution(
      graph, capacity: min(settings.batchSize, training.count), heads: heads.all)
    teacher = try distillation.map { distillation throws(ModelError) in
      try TeacherSession(
        distillation, capacity: min(settings.batchSize, training.count),
        inputs: network.inputCount, outputs: network.outputCount)
    }
    self.constraints.enforce(on: &parameters)
    publish()
  }

  /// Epochs done.
  public var epoch: Int { records.count }

  /// Holds weights to other constraints from now on.
  ///
  /// - Throws: `ModelError` when they are not of the network's constants.
  public func constrain(_ constraints: WeightConstraints) throws(ModelError) {
    self.constraints = try ParameterConstraints(constraints, of: graph)
    self.constraints.enforce(on: &parameters)
    publish()
  }

  /// What rounding settled on, by tensor of `network.network()`.
  public var activationRanges: ActivationRanges { graph.activationRanges(ranges) }

  /// Whether all epochs are done, or the loss has stopped falling.
  public var isFinished: Bool {
    if epoch >= settings.epochs { return true }
    guard let patience = settings.patience, let best else { return false }
    return epoch - best.epoch >= patience
  }

  /// Takes the weights of the best epoch, with early stopping.
  public func finish() {
    guard settings.patience != nil, let best else { return }
    for index in parameters.indices { parameters[index].values = best.parameters[index] }
    ranges = best.ranges
    publish()
  }

  /// Runs the epochs that are left, and takes the best weights with early stopping.
  ///
  /// - Parameter progress: called after each epoch.
  /// - Throws: as `runEpoch`.
  public func run(progress: (EpochRecord) -> Void = { _ in }) throws(TrainingError) {
    while !isFinished { progress(try runEpoch()) }
    finish()
  }

  /// One pass over the training samples. O(samples x work of a sample).
  ///
  /// - Throws: with epoch, step and layer when something is no finite number any more; what the
  ///   teacher throws.
  @discardableResult
  public func runEpoch() throws(TrainingError) -> EpochRecord {
    var order = Array(0..<training.count)
    var random = RandomStream(seed: settings.seed, name: "order of epoch \(epoch)")
    random.shuffle(&order)
    var (loss, right, rate) = (0.0, 0, Float(0))
    for (step, start) in stride(from: 0, to: order.count, by: settings.batchSize).enumerated() {
      let batch = Array(order[start..<min(start + settings.batchSize, order.count)])
      rate = settings.schedule.rate(
        epoch: Double(epoch) + Double(start) / Double(order.count), total: settings.epochs)
      let part = try run(batch, step: step, rate: rate)
      loss += part.loss * Double(batch.count)
      right += part.right
    }
    var record = EpochRecord(
      epoch: epoch, learningRate: rate, loss: loss / Double(training.count),
      accuracy: Double(right) / Double(training.count))
    validate(&record)
    records.append(record)
    keepBest(record)
    publish()
    return record
  }

  private func keepBest(_ record: EpochRecord) {
    let loss = record.validationLoss ?? record.loss
    guard settings.patience != nil, loss < best?.loss ?? .infinity else { return }
    best = BestWeights(
      epoch: epoch, loss: loss, parameters: parameters.map(\.values), ranges: ranges)
  }

  /// Gives the network the weights found so far.
  func publish() {
    for index in network.parameters.indices { network.parameters[index] = parameters[index] }
  }
}
