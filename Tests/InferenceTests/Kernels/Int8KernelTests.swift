import NeuralNetworks
import Testing

@testable import Inference

@Suite("Fast int8 kernels")
struct Int8KernelTests {
  @Test(
    "Every int8 convolution kernel equals the reference on 300 random problems",
    arguments: Arithmetic.allCases)
  func convolutions(arithmetic: Arithmetic) throws {
    var random = SplitMix(state: 21)
    for _ in 0..<300 {
      let window = RandomWindow(&random, maximumChannels: 40)
      let shape = [
        window.outputChannels, window.filterHeight, window.filterWidth, window.inputChannels,
      ]
      try expectAgreement(
        window, .conv2D(window.convolution), weightShape: shape, axis: 0, arithmetic, &random)
    }
  }

  @Test(
    "Winograd's convolution equals the reference on 60 random problems of 3 x 3 windows",
    arguments: Arithmetic.allCases)
  func winograd(arithmetic: Arithmetic) throws {
    var random = SplitMix(state: 26)
    for _ in 0..<60 {
      var window = RandomWindow(&random, maximumChannels: 70)
      (window.filterHeight, window.filterWidth) = (3, 3)
      window.convolution = Convolution2D(
        padding: window.convolution.padding, activation: window.convolution.activation)
      window.inputHeight = random.integer(in: 4...13)
      window.inputWidth = random.integer(in: 4...13)
      window.inputChannels = 16 * random.integer(in: 1...4)
      let shape = [window.outputChannels, 3, 3, window.inputChannels]
      try expectAgreement(
        window, .conv2D(window.convolution), weightShape: shape, axis: 0, arithmetic, &random)
    }
  }

  @Test(
    "Every int8 depthwise kernel equals the reference on 300 random problems",
    arguments: Arithmetic.allCases)
  func depthwise(arithmetic: Arithmetic) throws {
    var random = SplitMix(state: 22)
    for index in 0..<300 {
      var window = RandomWindow(&random, maximumChannels: 40)
      if index % 3 == 0 { window.inputChannels = [1, 2, 4, 8, 16][index / 3 % 5] }
      let multiplier = index % 4 == 0 ? random.integer(in: 1...5) : 1
      window.outputChannels = window.inputChannels * multiplier
      let shape = [1, window.filterHeight, window.filterWidth, window.outputChannels]
      try expectAgreement(
        window, .depthwiseConv2D(window.convolution, depthMultiplier: multiplier),
        weightShape: shape, axis: 3, arithmetic, &random)
    }
  }

  @Test(
    "Every int8 matrix kernel equals the reference on 300 random problems",
    arguments: Arithmetic.allCases)
  func fullyConnected(arithmetic: Arithmetic) throws {
    var random = SplitMix(state: 23)
    for _ in 0..<300 {
      let (rows, depth, units) = (
        random.integer(in: 1...13), random.integer(in: 1...300), random.integer(in: 1...70)
      )
      let weights = random.weights([units, depth], axis: 0)
      let bias = random.bias(units)
      let activations = random.activations(rows * depth)
      try expectAgreement(
        OperatorProblem(
          operation: .fullyConnected(activation: random.activation, keepsDimensions: false),
          inputs: [.int8([rows, depth], random.quantization), weights] + bias,
          activations: activations, output: .int8([rows, units], random.outputQuantization),
          arithmetic: arithmetic, furtherSamples: [random.activations(rows * depth)]))
    }
  }

  @Test("Every int8 pooling kernel equals the reference on 300 random problems")
  func pooling() throws {
    var random = SplitMix(state: 24)
    for index in 0..<300 {
      var window = RandomWindow(&random, maximumChannels: index % 10 == 0 ? 600 : 40)
      (window.convolution.dilationHeight, window.convolution.dilationWidth) = (1, 1)
      window.outputChannels = window.inputChannels
      let pool = window.pool
      let quantization = random.quantization
      try expectAgreement(
        OperatorProblem(
          operation: index % 2 == 0 ? .averagePool2D(pool) : .maxPool2D(pool),
          inputs: [.int8(window.inputShape, quantization)],
          activations: random.activations(window.inputCount),
          output: .int8(window.outputShape, quantization),
          furtherSamples: [random.activations(window.inputCount)]))
    }
  }

  @Test(
    "Every int8 ADD, LOGISTIC and QUANTIZE kernel equals the reference on 200 random problems",
    arguments: Arithmetic.allCases)
  func elementwise(arithmetic: Arithmetic) throws {
    var random = SplitMix(state: 25)
    for index in 0..<200 {
      // Many elements are worth a search for a plain sum.
      let shape = [1, random.integer(in: index % 5 == 0 ? 1024...1300 : 1...300)]
      let input = Tensor.int8(shape, random.quantization)
      let problem = OperatorProblem(
        operation: .binary(.add, activation: random.activation),
        inputs: [input, .int8(shape, random.quantization)],
        activations: random.activations(shape[1]),
        output: .int8(shape, random.outputQuantization), arithmetic: arithmetic,
        furtherSamples: [random.activations(shape[1])])
      try expectAgreement(problem)
      var other = problem
      other.inputs = [input]
      other.operation = index % 2 == 0 ? .logistic : .quantize
      if index % 2 == 0 {
        other.output = .int8(shape, Quantization(scale: 0x1p-8, zeroPoint: -128))
      }
      try expectAgreement(other)
    }
  }

  private func expectAgreement(
    _ window: RandomWindow, _ operation: NeuralNetworks.Operation, weightShape: [Int], axis: Int,
    _ arithmetic: Arithmetic, _ random: inout SplitMix
  ) throws {
    let weights = random.weights(weightShape, axis: axis)
    try expectAgreement(
      OperatorProblem(
        operation: operation,
        inputs: [.int8(window.inputShape, random.quantization), weights]
          + random.bias(window.outputChannels),
        activations: random.activations(window.inputCount),
        output: .int8(window.outputShape, random.outputQuantization), arithmetic: arithmetic,
        furtherSamples: [
          random.activations(window.inputCount), random.activations(window.inputCount),
        ]))
  }

  private func expectAgreement(_ problem: OperatorProblem) throws {
    let outputs = try problem.outputs()
    let reference = try #require(outputs.last)
    #expect(reference.kernel.hasSuffix("_reference"))
    #expect(outputs.count >= 2)
    for (kernel, bytes) in outputs {
      #expect(
        bytes == reference.bytes,
        "\(kernel) on \(problem.operation) of \(problem.inputs.map(\.shape))")
    }
  }
}

extension SplitMix {
  /// Uniform, or only the extremes.
  fileprivate mutating func activations(_ count: Int) -> [UInt8] {
    switch integer(in: 0...7) {
    case 0: Array(repeating: 0x80, count: count)
    case 1: Array(repeating: 0x7f, count: count)
    case 2: (0..<count).map { _ in next() % 2 == 0 ? 0x80 : 0x7f }
    default: int8s(count).bytes
    }
  }

  /// Uniform, only the extremes, small (so that sums of bytes fit 16 bits), or mostly zeros.
  fileprivate mutating func weights(_ shape: [Int], axis: Int) -> Tensor {
    let count = shape.reduce(1, *)
    let values: [Int8] =
      switch integer(in: 0...4) {
      case 0: (0..<count).map { _ in next() % 2 == 0 ? -128 : 127 }
      case 1: Array(repeating: next() % 2 == 0 ? -128 : 127, count: count)
      case 2: int8s(count).map { $0 / 16 }
      case 3: int8s(count).map { next() % 8 == 0 ? $0 : 0 }
      default: int8s(count)
      }
    let scales = (0..<(integer(in: 0...1) == 0 ? 1 : shape[axis])).map { _ in scale }
    return .int8(
      shape,
      Quantization(
        scales: scales, zeroPoints: Array(repeating: 0, count: scales.count), axis: axis), values)
  }

  fileprivate mutating func bias(_ count: Int) -> [Tensor] {
    let bits = UInt64([8, 16, 31][integer(in: 0...2)])
    guard integer(in: 0...3) > 0 else { return [] }
    return [
      .int32([count], (0..<count).map { _ in Int32(next() >> (64 - bits)) - 1 << (bits - 1) })
    ]
  }

  /// From 2^-12 to 2.
  private var scale: Float {
    mutating get {
      Float(next() >> 40) * 0x1p-23 * Float(1 << integer(in: 0...11)) * 0x1p-11 + 1e-4
    }
  }

  fileprivate var quantization: Quantization {
    mutating get { Quantization(scale: scale, zeroPoint: integer(in: -128...127)) }
  }

  /// Scales at which sums come out inside and outside of 8 bits, some at the extremes.
  fileprivate var outputQuantization: Quantization {
    mutating get {
      let factor = Float(1 << integer(in: 0...12))
      return Quantization(
        scale: scale * (integer(in: 0...9) == 0 ? 0x1p-16 : factor),
        zeroPoint: integer(in: 0...3) == 0 ? -128 : integer(in: -128...127))
    }
  }
}
