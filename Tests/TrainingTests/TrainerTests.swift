import NeuralNetworks
import ReproducibleMath
import Testing

@testable import Training

@Suite struct TrainerTests {
  /// Two blobs of a ring and its center: not linearly separable.
  private static func ring(_ count: Int, seed: UInt64) -> SampleSet {
    var random = RandomStream(seed: seed, name: "ring")
    var (values, labels) = ([Float](), [Int]())
    for index in 0..<count {
      let radius = index % 2 == 0 ? 0.5 : 2.0
      let angle = random.uniform(from: 0, to: 6.28)
      values.append(Float(radius * ReproducibleMath.cos(angle) + 0.2 * random.normal()))
      values.append(Float(radius * ReproducibleMath.sin(angle) + 0.2 * random.normal()))
      labels.append(index % 2)
    }
    return SampleSet(shape: [2], values: values, labels: labels, classNames: ["in", "out"])
  }

  private static let architecture = Architecture([
    .init(.dense(units: 16, usesBatchNorm: true, activation: .relu)),
    .init(.dropout(rate: 0.1)),
    .init(.dense(units: 2, usesBatchNorm: false, activation: nil)), .init(.softmax),
  ])

  private static func trainer(
    jobs: Int = 1, epochs: Int = 20, optimizer: Optimizer = .adam
  ) throws -> Trainer {
    try Trainer(
      try TrainableNetwork(architecture, inputShape: [2], seed: 1), training: ring(300, seed: 1),
      validation: ring(100, seed: 2),
      settings: TrainingSettings(
        epochs: epochs, optimizer: optimizer,
        schedule: .init(base: 1e-2, shape: .cosine(final: 0.1)),
        augmentation: [.noise(deviation: 0.05)], patience: 50, jobs: jobs))
  }

  @Test("A network learns what no linear one can")
  func learns() throws {
    let trainer = try Self.trainer()
    var last: EpochRecord?
    while !trainer.isFinished { last = try trainer.runEpoch() }
    #expect(try #require(last?.validationAccuracy) > 0.97)
    let network = trainer.network.network()
    try network.validate()
    #expect(network.main.operators.count == 3)
  }

  @Test("Threads do not change a bit, and a restored trainer goes on as if nothing had been")
  func determinism() throws {
    let whole = try Self.trainer(jobs: 3, epochs: 6)
    while !whole.isFinished { _ = try whole.runEpoch() }
    let first = try Self.trainer(epochs: 6)
    for _ in 0..<3 { _ = try first.runEpoch() }
    let second = try Self.trainer(epochs: 6)
    try second.restore(first.state)
    while !second.isFinished { _ = try second.runEpoch() }
    #expect(whole.state == second.state)
    #expect(throws: ModelError.self) { try second.restore(Array(first.state.dropLast())) }
  }

  @Test("A loss that is no number stops training with its place")
  func divergence() throws {
    let trainer = try Trainer(
      try TrainableNetwork(Self.architecture, inputShape: [2], seed: 1),
      training: Self.ring(64, seed: 1),
      settings: TrainingSettings(
        epochs: 50, optimizer: .sgd(momentum: 0, isNesterov: false), schedule: .init(base: 1e30)))
    let error = #expect(throws: TrainingError.self) {
      while !trainer.isFinished { _ = try trainer.runEpoch() }
    }
    #expect(error?.expected.contains("finite") == true)
  }
}
