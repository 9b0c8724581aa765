import NeuralNetworks
import Testing

@testable import Training

@Suite(
  "Training of the MLPerf Tiny models",
  .enabled(if: TinyModels.arePresent, "needs ../shared/data/mlperf_tiny"))
struct TinyModelTrainingTests {
  /// Sums of both have the same order, except for means and for exponentials, which the trainer
  /// takes from `ReproducibleMath`.
  @Test("What is trained computes what the executor does", arguments: TinyModels.names)
  func forward(name: String) throws {
    let network = try TinyModels.network(name)
    let trainable = try TrainableNetwork(network)
    let samples = normals(3 * trainable.inputShape.elementCount, seed: 5)
    let found = trainable.outputs(
      of: SampleSet(shape: trainable.inputShape, values: samples), jobs: 2)
    let size = trainable.inputShape.elementCount
    let expected = try (0..<3).flatMap {
      try outputs(of: network, on: Array(samples[$0 * size..<($0 + 1) * size]))
    }
    let scale = expected.reduce(Float(1)) { max($0, $1.magnitude) }
    for (value, wanted) in zip(found, expected) {
      #expect((value - wanted).magnitude <= 1e-5 * scale, "\(name)")
    }
    #expect(found.count == expected.count)
  }

  @Test("Nothing but constants changes, and those not before a step", arguments: TinyModels.names)
  func identity(name: String) throws {
    let network = try TinyModels.network(name)
    let back = try TrainableNetwork(network).network()
    try back.validate()
    #expect(back.main.operators == network.main.operators)
    for (old, new) in zip(network.main.tensors, back.main.tensors) {
      #expect(old.shape == new.shape && old.floats == new.floats, "\(old.name)")
    }
  }
}
