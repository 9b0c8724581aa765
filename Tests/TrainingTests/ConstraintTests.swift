import NeuralNetworks
import ReproducibleMath
import Testing

@testable import Training

/// Training of a network that was written, with what a recipe may ask for besides.
@Suite struct ConstraintTests {
  private static let shape: Shape = [6, 6, 2]

  private static func samples(_ count: Int, seed: UInt64) -> SampleSet {
    var random = RandomStream(seed: seed, name: "stripes")
    var (values, labels) = ([Float](), [Int]())
    for index in 0..<count {
      for place in 0..<72 {
        let stripe = index % 3 == 0 ? place / 12 % 2 : index % 3 == 1 ? place / 2 % 2 : place % 2
        values.append(Float(stripe) + Float(0.3 * random.normal()))
      }
      labels.append(index % 3)
    }
    return SampleSet(shape: shape, values: values, labels: labels)
  }

  private static func network(seed: UInt64, channels: Int = 6) throws -> TrainableNetwork {
    let filter = Architecture.Filter(height: 3, width: 3, usesBatchNorm: true, activation: .relu)
    return try TrainableNetwork(
      Architecture([
        .init(.convolution(filter, channels: channels), name: "first"),
        .init(.depthwise(filter)),
        .init(.maxPool(.init(height: 2, width: 2, strideHeight: 2, strideWidth: 2))),
        .init(.globalAveragePool), .init(.dense(units: 3, usesBatchNorm: false, activation: nil)),
        .init(.softmax),
      ]), inputShape: shape, seed: seed)
  }

  private static func settings(_ epochs: Int) -> TrainingSettings {
    TrainingSettings(
      epochs: epochs, batchSize: 16, schedule: .init(base: 1e-2), weightDecay: 1e-3, jobs: 2)
  }

  @Test("Masked weights stay zero and grouped weights stay equal, to the bit")
  func constraints() throws {
    let written = try Self.network(seed: 1).network()
    let network = try TrainableNetwork(written)
    let weights = try #require(network.parameters.first { $0.shape.count == 4 })
    let tensor = try #require(weights.tensor)
    let count = weights.values.count
    let constraints = WeightConstraints(
      masks: [tensor: (0..<count).map { $0 % 3 == 0 ? 0 : 1 }],
      groups: [tensor: (0..<count).map { UInt16($0 % 3 == 0 ? 0 : 1 + $0 % 4) }])
    let trainer = try Trainer(
      network, training: Self.samples(96, seed: 1), settings: Self.settings(3),
      constraints: constraints)
    try trainer.run()
    let result = try #require(trainer.network.network().main.tensors[tensor].floats)
    #expect(result != weights.values)
    for place in 0..<count {
      if place % 3 == 0 {
        #expect(result[place] == 0)
      } else {
        let twin = (0..<count).first { $0 % 3 != 0 && $0 % 4 == place % 4 }
        #expect(result[place] == result[try #require(twin)])
      }
    }
  }

  @Test("A constraint that fits no tensor is told before any work")
  func badConstraint() throws {
    let network = try TrainableNetwork(try Self.network(seed: 1).network())
    let tensor = try #require(network.parameters[0].tensor)
    for constraints in [
      WeightConstraints(masks: [tensor: [1]]), WeightConstraints(groups: [10_000: [1]]),
    ] {
      #expect(throws: ModelError.self) {
        try Trainer(
          network, training: Self.samples(9, seed: 1), settings: Self.settings(1),
          constraints: constraints)
      }
    }
  }

  @Test("A network that was trained in rounding works rounded, on the ranges that it gives")
  func rounding() throws {
    let samples = Self.samples(120, seed: 1)
    let trainer = try Trainer(
      try Self.network(seed: 2), training: samples, settings: Self.settings(12),
      quantization: FakeQuantizationScheme(weightBits: 4, activationBits: 6))
    try trainer.run()
    let record = try #require(trainer.records.last)
    #expect(record.accuracy > 0.9)
    let written = trainer.network.network()
    let main = written.main
    let ranges = trainer.activationRanges
    #expect(ranges[main.inputs[0]] != nil)
    for op in main.operators {
      if case .softmax = op.operation { continue }
      let range = try #require(ranges[op.outputs[0]], "\(op.operation.name)")
      #expect(range.lowerBound < range.upperBound)
    }
  }

  @Test("Rounded weights are those of the quantizer: 2^bits - 1 values of each channel")
  func roundedWeights() throws {
    let parameter = TrainableNetwork.Parameter(
      name: "w", shape: [2, 4], values: [1, -0.5, 0.25, 0.1, 0, 3, -3, 1.5],
      role: .weight(outputAxis: 0), tensor: 7)
    let rounded = FakeQuantizationScheme(weightBits: 3).rounded(parameter)
    // Steps of 1/3 and of 1; ties go away from zero.
    let third: Float = 1.0 / 3
    #expect(rounded == [third * 3, third * -2, third * 1, 0, 0, 3, -3, 2])
    let other = FakeQuantizationScheme(weightBits: 3, weightBitsByLayer: ["w": 2]).rounded(
      parameter)
    #expect(other == [1, -1, 0, 0, 0, 3, -3, 3])
  }

  @Test("A student takes features on through a learned map, and its teacher's logits")
  func features() throws {
    let samples = Self.samples(96, seed: 1)
    let teacher = try Trainer(
      try Self.network(seed: 3, channels: 10), training: samples, settings: Self.settings(8))
    try teacher.run()
    let pair = Distillation.FeaturePair(
      student: "first", teacher: "first", teacherChannels: 10, weight: 0.5)
    func student(_ features: [Distillation.FeaturePair]) throws -> Trainer {
      let trainer = try Trainer(
        try Self.network(seed: 4), training: samples, settings: Self.settings(6),
        distillation: Distillation(
          teacher: teacher.network, alpha: 0.8, temperature: 3, features: features))
      try trainer.run()
      return trainer
    }
    let (taught, plain) = (try student([pair]), try student([]))
    #expect(taught.network.parameterCount == plain.network.parameterCount)
    #expect(taught.network.network().main.operators.count == 6)
    #expect(taught.records.map(\.loss) != plain.records.map(\.loss))
    #expect(try #require(taught.records.last).loss < taught.records[0].loss)
    let unknown = Distillation.FeaturePair(student: "nowhere", teacher: "first", teacherChannels: 1)
    #expect(throws: ModelError.self) { try student([unknown]) }
  }

  @Test("Early stopping ends training, and takes the best epoch's weights")
  func earlyStopping() throws {
    var settings = Self.settings(40)
    settings.schedule = .init(base: 0.3)
    settings.patience = 2
    let trainer = try Trainer(
      try Self.network(seed: 5), training: Self.samples(48, seed: 1),
      validation: Self.samples(48, seed: 9), settings: settings)
    try trainer.run()
    #expect(trainer.epoch < 40)
    let losses = trainer.records.compactMap(\.validationLoss)
    let best = try #require(losses.min())
    #expect(losses.count - (try #require(losses.firstIndex(of: best))) == 3)
    var record = trainer.records[0]
    trainer.validate(&record)
    #expect(record.validationLoss == best)
  }

  @Test("A state that was damaged anywhere is refused")
  func damagedState() throws {
    let trainer = try Trainer(
      try Self.network(seed: 1), training: Self.samples(9, seed: 1), settings: Self.settings(2))
    try trainer.runEpoch()
    let state = trainer.state
    for place in stride(from: 0, to: state.count, by: 97) {
      var damaged = state
      damaged[place] ^= 4
      #expect(throws: ModelError.self) { try trainer.restore(damaged) }
    }
    for count in [0, 7, 8, 30, state.count - 1] {
      #expect(throws: ModelError.self) { try trainer.restore(Array(state.prefix(count))) }
    }
    try trainer.restore(state)
    #expect(trainer.state == state)
  }
}
