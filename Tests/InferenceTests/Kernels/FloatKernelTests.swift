import NeuralNetworks
import Testing

@testable import Inference

@Suite("Fast float kernels")
struct FloatKernelTests {
  @Test("Every float convolution kernel gives the reference's bits on 100 random problems")
  func convolutions() throws {
    var random = SplitMix(state: 1)
    for _ in 0..<100 {
      let geometry = RandomWindow(&random, maximumChannels: 36)
      let weights = random.floats(
        geometry.outputChannels * geometry.taps * geometry.inputChannels)
      let shape = [
        geometry.outputChannels, geometry.filterHeight, geometry.filterWidth,
        geometry.inputChannels,
      ]
      try expectAgreement(
        geometry, .conv2D(geometry.convolution), weights: .floats(shape, weights), &random)
    }
  }

  @Test("Every float depthwise kernel gives the reference's bits on 250 random problems")
  func depthwise() throws {
    var random = SplitMix(state: 2)
    for index in 0..<250 {
      var geometry = RandomWindow(&random, maximumChannels: 50)
      let multiplier = index % 3 == 0 ? geometry.outputChannels : 1
      if multiplier > 1 { geometry.inputChannels = 1 }
      geometry.outputChannels = geometry.inputChannels * multiplier
      let shape = [1, geometry.filterHeight, geometry.filterWidth, geometry.outputChannels]
      let weights = random.floats(geometry.taps * geometry.outputChannels)
      try expectAgreement(
        geometry, .depthwiseConv2D(geometry.convolution, depthMultiplier: multiplier),
        weights: .floats(shape, weights), &random)
    }
  }

  @Test("Every float matrix kernel gives the reference's bits on 250 random problems")
  func fullyConnected() throws {
    var random = SplitMix(state: 3)
    for _ in 0..<250 {
      let (rows, depth, units) = (
        random.integer(in: 1...13), random.integer(in: 1...90), random.integer(in: 1...150)
      )
      let problem = OperatorProblem(
        operation: .fullyConnected(activation: random.activation, keepsDimensions: false),
        inputs: [
          .floats([rows, depth]), .floats([units, depth], random.floats(units * depth)),
          .floats([units], random.floats(units)),
        ], activations: random.floats(rows * depth).bytes, output: .floats([rows, units]))
      try expectAgreement(problem)
    }
  }

  @Test("Every float pooling kernel gives the reference's bits on 200 random problems")
  func pooling() throws {
    var random = SplitMix(state: 4)
    for index in 0..<200 {
      var window = RandomWindow(&random, maximumChannels: 40)
      (window.convolution.dilationHeight, window.convolution.dilationWidth) = (1, 1)
      window.outputChannels = window.inputChannels
      let pool = window.pool
      try expectAgreement(
        OperatorProblem(
          operation: index % 2 == 0 ? .averagePool2D(pool) : .maxPool2D(pool),
          inputs: [.floats(window.inputShape)], activations: specials(&random, window.inputCount),
          output: .floats(window.outputShape),
          furtherSamples: [specials(&random, window.inputCount)]))
    }
  }

  @Test("Every float ADD, SUB and MUL kernel gives the reference's bits on 150 random problems")
  func elementwise() throws {
    var random = SplitMix(state: 5)
    for index in 0..<150 {
      let shape = [1, random.integer(in: 1...300)]
      let operation = [BinaryOperation.add, .subtract, .multiply][index % 3]
      try expectAgreement(
        OperatorProblem(
          operation: .binary(operation, activation: random.activation),
          inputs: [.floats(shape), .floats(shape)], activations: specials(&random, shape[1]),
          output: .floats(shape), furtherSamples: [specials(&random, shape[1])]))
    }
  }

  /// Numbers among which are infinities, zeros of either sign and what is no number.
  private func specials(_ random: inout SplitMix, _ count: Int) -> [UInt8] {
    let special: [Float] = [.infinity, -.infinity, 0, -0.0, .nan]
    return random.floats(count).map {
      let number = $0
      return random.integer(in: 0...9) == 0 ? special[random.integer(in: 0...4)] : number
    }.bytes
  }

  @Test("Weights that are not finite are left to the reference kernel")
  func infiniteWeights() throws {
    let problem = OperatorProblem(
      operation: .conv2D(Convolution2D(padding: .same)),
      inputs: [
        .floats([1, 3, 3, 1]), .floats([1, 3, 3, 1], [Float](repeating: .infinity, count: 9)),
      ],
      activations: [Float](repeating: 1, count: 9).bytes, output: .floats([1, 3, 3, 1]))
    #expect(try problem.outputs().map(\.kernel) == ["conv_2d_float32_reference"])
  }

  private func expectAgreement(
    _ window: RandomWindow, _ operation: NeuralNetworks.Operation, weights: Tensor,
    _ random: inout SplitMix
  ) throws {
    let bias: [Tensor] =
      random.integer(in: 0...3) == 0
      ? [] : [.floats([window.outputChannels], random.floats(window.outputChannels))]
    try expectAgreement(
      OperatorProblem(
        operation: operation, inputs: [.floats(window.inputShape), weights] + bias,
        activations: random.floats(window.inputCount).bytes, output: .floats(window.outputShape)))
  }

  private func expectAgreement(_ problem: OperatorProblem) throws {
    let outputs = try problem.outputs()
    let reference = try #require(outputs.last)
    #expect(reference.kernel.hasSuffix("_reference"))
    #expect(outputs.count >= 2)
    for (kernel, bytes) in outputs {
      #expect(Bool(bytes == reference.bytes), "\(kernel) on \(problem.operation)")
    }
  }
}
