import NeuralNetworks
import ReproducibleMath
import Testing

@testable import Training

@Suite struct GradientTests {
  private typealias Filter = Architecture.Filter

  private static let architectures: [(String, Shape, [Architecture.Kind])] = [
    (
      "convolutions", [7, 6, 3],
      [
        .convolution(Filter(height: 3, width: 3, strideHeight: 2, activation: .tanh), channels: 5),
        .depthwise(
          Filter(height: 3, width: 2, usesBatchNorm: true, activation: .leakyReLU(slope: 0.1))),
        .convolution(Filter(height: 1, width: 1, activation: .elu), channels: 4),
        .averagePool(Filter(height: 2, width: 2, strideHeight: 2, strideWidth: 2)),
        .flatten, .dense(units: 3, usesBatchNorm: false, activation: nil), .softmax,
      ]
    ),
    (
      "pools and norms", [6, 6, 2],
      [
        .convolution(Filter(height: 3, width: 3, isSame: false, usesBatchNorm: true), channels: 4),
        .activation(.gelu), .maxPool(Filter(height: 2, width: 2, strideHeight: 2, strideWidth: 2)),
        .globalAveragePool, .dense(units: 6, usesBatchNorm: true, activation: .logistic),
        .dense(units: 3, usesBatchNorm: false, activation: nil),
      ]
    ),
    (
      "recurrent layers", [6, 4],
      [
        .lstm(units: 5, returnsSequence: true), .gru(units: 4, returnsSequence: true),
        .lstm(units: 3, returnsSequence: false),
        .dense(units: 3, usesBatchNorm: false, activation: nil),
      ]
    ),
    (
      "a unit of the last step", [5, 3],
      [
        .gru(units: 6, returnsSequence: false),
        .dense(units: 3, usesBatchNorm: false, activation: nil), .softmax,
      ]
    ),
  ]

  @Test("Gradients equal finite differences", arguments: architectures.indices)
  func finiteDifferences(index: Int) throws {
    let (name, shape, kinds) = Self.architectures[index]
    let network = try TrainableNetwork(
      Architecture(kinds.map { .init($0) }), inputShape: shape, seed: 3)
    try check(network, shape, name)
  }

  @Test("Gradients through branches, sums and concatenations equal finite differences")
  func branches() throws {
    let network = try TrainableNetwork(
      Architecture([
        .init(
          .convolution(Filter(height: 3, width: 3, activation: .hardSwish), channels: 4),
          name: "a"),
        .init(.convolution(Filter(height: 3, width: 3, activation: .tanh), channels: 4)),
        .init(.add("a", activation: .tanh), name: "b"),
        .init(.from("a")), .init(.concatenate("b")), .init(.globalAveragePool),
        .init(.dense(units: 3, usesBatchNorm: false, activation: nil)),
      ]), inputShape: [4, 4, 2], seed: 5)
    try check(network, [4, 4, 2], "branches")
  }

  /// Directional derivatives of the loss along random directions of every parameter.
  private func check(_ network: TrainableNetwork, _ shape: Shape, _ name: String) throws {
    var random = RandomStream(seed: 1, name: "gradients")
    let count = 6
    let inputs = (0..<count * shape.elementCount).map { _ in Float(random.normal()) }
    let labels = (0..<count).map { _ in Int(random.uniform(below: 3)) }
    func run(_ network: TrainableNetwork) throws -> (Double, GraphExecution) {
      let head = network.logits
      let execution = GraphExecution(network, capacity: count, heads: [head])
      let batch = Minibatch(count: count, isTraining: true)
      execution.value(network.input).update(from: inputs, count: inputs.count)
      execution.forward(batch)
      let part = Loss(objective: .classes(labelSmoothing: 0.1), batchCount: count).part(
        execution.value(head), gradient: try #require(execution.gradient(head)),
        width: network.values[head].count, labels: labels[...], targets: inputs, teacher: nil,
        count: count)
      execution.backward(batch)
      return (part.loss, execution)
    }
    let (_, execution) = try run(network)
    for index in network.parameters.indices where network.parameters[index].isTrained {
      let gradient = try #require(execution.parameterGradients[index]).values
      let direction = network.parameters[index].values.map { _ in Float(random.normal()) }
      let slope = zip(direction, 0...).reduce(0.0) { sum, pair in
        sum + Double(pair.0) * Double(gradient[pair.1])
      }
      let step: Float = 1e-4
      func moved(_ amount: Float) throws -> Double {
        var other = network
        for i in direction.indices { other.parameters[index].values[i] += amount * direction[i] }
        return try run(other).0
      }
      let measured = (try moved(step) - moved(-step)) / Double(2 * step)
      #expect(
        (measured - slope).magnitude <= 2e-3 + 2e-2 * slope.magnitude,
        "\(name), \(network.parameters[index].name): \(slope), measured \(measured)")
    }
  }
}
