import Glibc
import NeuralNetworks
import Training

/// Samples that one thread trains on in a second of its processor's time.
///
///     EdgeSimBenchmark train NETWORK ROUNDS
///
/// Minibatches of 32 random samples, SGD with momentum; the best of so many epochs of 320 samples.
struct TrainingBenchmark {
  private typealias Filter = Architecture.Filter

  var architecture: Architecture
  var inputShape: Shape
  var classCount: Int

  /// Nil for another name.
  init?(named name: String) {
    switch name {
    case "resnet-8":
      (architecture, inputShape, classCount) = (Self.resNet8, [32, 32, 3], 10)
    case "ds-cnn": (architecture, inputShape, classCount) = (Self.dsCNN, [49, 10, 1], 12)
    case "lstm":
      (architecture, inputShape, classCount) = (
        Self.recurrent(.lstm(units: 64, returnsSequence: false)), [49, 10], 12
      )
    case "gru":
      (architecture, inputShape, classCount) = (
        Self.recurrent(.gru(units: 64, returnsSequence: false)), [49, 10], 12
      )
    default: return nil
    }
  }

  private static func recurrent(_ layer: Architecture.Kind) -> Architecture {
    Architecture([
      .init(layer), .init(.dense(units: 12, usesBatchNorm: false, activation: nil)),
      .init(.softmax),
    ])
  }

  func samplesPerSecond(rounds: Int) throws -> Double {
    let count = 320
    var state: UInt64 = 1
    let values = (0..<count * inputShape.elementCount).map { _ in
      state = state &* 6_364_136_223_846_793_005 &+ 1
      return Float(state >> 40) / Float(1 << 24) - 0.5
    }
    let samples = SampleSet(
      shape: inputShape, values: values, labels: (0..<count).map { $0 % classCount })
    let trainer = try Trainer(
      try TrainableNetwork(architecture, inputShape: inputShape, seed: 1), training: samples,
      settings: TrainingSettings(
        epochs: rounds, batchSize: 32, optimizer: .sgd, schedule: .init(base: 1e-3)))
    var best = Double.infinity
    while !trainer.isFinished {
      let start = Self.processorSeconds()
      try trainer.runEpoch()
      best = min(best, Self.processorSeconds() - start)
    }
    return Double(count) / best
  }

  private static func processorSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }

  private static func convolution(
    _ channels: Int, stride: Int = 1, side: Int = 3, usesBatchNorm: Bool = true,
    activation: DifferentiableActivation? = .relu
  ) -> Architecture.Kind {
    .convolution(
      Filter(
        height: side, width: side, strideHeight: stride, strideWidth: stride,
        usesBatchNorm: usesBatchNorm, activation: activation), channels: channels)
  }

  /// The image classifier of MLPerf Tiny.
  private static let resNet8 = Architecture(
    [
      .init(convolution(16), name: "stem"), .init(convolution(16)),
      .init(convolution(16, activation: nil)), .init(.add("stem", activation: .relu), name: "1"),
    ] + block("1", 32, "2") + block("2", 64, "3") + [
      .init(.globalAveragePool), .init(.dense(units: 10, usesBatchNorm: false, activation: nil)),
      .init(.softmax),
    ])

  private static func block(
    _ input: String, _ channels: Int, _ output: String
  ) -> [Architecture.Layer] {
    [
      .init(convolution(channels, stride: 2)),
      .init(convolution(channels, activation: nil), name: "main\(output)"), .init(.from(input)),
      .init(convolution(channels, stride: 2, side: 1, usesBatchNorm: false, activation: nil)),
      .init(.add("main\(output)", activation: .relu), name: output),
    ]
  }

  /// The keyword spotter of MLPerf Tiny.
  private static let dsCNN = Architecture(
    [
      .init(
        .convolution(
          Filter(
            height: 10, width: 4, strideHeight: 2, strideWidth: 2, usesBatchNorm: true,
            activation: .relu), channels: 64))
    ]
      + (0..<4).flatMap { _ in
        [
          Architecture.Layer(
            .depthwise(Filter(height: 3, width: 3, usesBatchNorm: true, activation: .relu))),
          Architecture.Layer(convolution(64, side: 1)),
        ]
      } + [
        .init(.globalAveragePool), .init(.dense(units: 12, usesBatchNorm: false, activation: nil)),
        .init(.softmax),
      ])
}
