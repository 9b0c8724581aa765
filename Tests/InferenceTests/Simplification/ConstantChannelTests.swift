import NeuralNetworks
import Testing

@testable import Inference

@Suite("Channels that never change")
struct ConstantChannelTests {
  @Test(
    "Networks with pruned filters give the same bytes without them, on 150 random networks",
    arguments: Arithmetic.allCases)
  func equality(arithmetic: Arithmetic) throws {
    var random = SplitMix(state: 31)
    var saved = 0
    for _ in 0..<150 {
      let network = PrunedNetwork(&random).network
      let inputs = random.int8s(3 * network.main.tensors[0].byteCount)
      let expected = try outputs(of: network, arithmetic, .reference, inputs)
      for name in KernelSelection.names {
        guard let kernels = KernelSelection(named: name) else { continue }
        #expect(try outputs(of: network, arithmetic, kernels, inputs) == expected, "\(name)")
      }
      let executed = try ExecutionPlan(network, arithmetic: arithmetic).executed
      saved += macs(of: network) - macs(of: executed)
    }
    #expect((saved > 0) == (arithmetic != .doubleRoundingHalfUp))
  }

  @Test(
    "The visual wake words network runs less than 60 % of its multiply-accumulates",
    .enabled(if: Goldens.hasShared, "needs ../shared"))
  func visualWakeWords() throws {
    let network = try ModelFormat.read(path: Goldens.tiny + "/models/vww_96_int8.tflite")
    let plan = try ExecutionPlan(network, arithmetic: .doubleRounding)
    print("multiply-accumulates: \(macs(of: network)), run: \(macs(of: plan.executed))")
    #expect(macs(of: plan.executed) * 100 < macs(of: network) * 60)
    #expect(macs(of: plan.network) == macs(of: network))
  }

  private func macs(of network: Network) -> Int {
    network.workload().operators.reduce(0) { $0 + $1.macs }
  }

  private func outputs(
    of network: Network, _ arithmetic: Arithmetic, _ kernels: KernelSelection, _ inputs: [Int8]
  ) throws -> [UInt8] {
    let plan = try ExecutionPlan(network, arithmetic: arithmetic, kernels: kernels)
    var interpreter = Interpreter(plan, batchSize: plan.takesBatches ? 2 : 1)
    return try inputs.withUnsafeBytes { try interpreter.outputs(of: $0, resets: true) }
  }
}

/// Convolution, depthwise convolution, convolution, pool, reshape and matrix product with filters
/// that are zero, and sometimes a sum or an output in between.
private struct PrunedNetwork {
  private var tensors: [Tensor] = []
  private var operators: [NeuralNetworks.Operator] = []
  private var outputs: [Int] = []

  init(_ random: inout SplitMix) {
    let (height, width) = (random.integer(in: 3...7), random.integer(in: 3...7))
    let depth = random.integer(in: 1...5)
    tensors = [.int8([1, height, width, depth], Self.quantization(&random))]
    var last = 0
    let channels = random.integer(in: 1...20)
    last = layer(last, .mixing, [channels, 3, 3, depth], [1, height, width, channels], &random)
    last = layer(last, .separate, [1, 3, 3, channels], [1, height, width, channels], &random)
    if random.integer(in: 0...5) == 0 { outputs.append(last) }
    let units = random.integer(in: 1...20)
    last = layer(last, .mixing, [units, 1, 1, channels], [1, height, width, units], &random)
    let pool = Window2D(
      padding: .valid, strideHeight: height, strideWidth: width, filterHeight: height,
      filterWidth: width, activation: .none)
    last = passing(
      last, random.integer(in: 0...1) == 0 ? .averagePool2D(pool) : .maxPool2D(pool),
      [1, 1, 1, units])
    last = passing(last, .reshape(shape: nil), [1, units])
    last = layer(last, .matrix, [6, units], [1, 6], &random)
    outputs.insert(last, at: 0)
  }

  var network: Network {
    Network(
      name: "pruned",
      subgraphs: [
        Subgraph(
          name: "main", tensors: tensors, inputs: [0], outputs: outputs, operators: operators)
      ], fileByteCount: 0)
  }

  private enum Kind { case mixing, separate, matrix }

  private mutating func layer(
    _ input: Int, _ kind: Kind, _ shape: [Int], _ output: [Int], _ random: inout SplitMix
  ) -> Int {
    let count = output[output.count - 1]
    var values = random.int8s(shape.reduce(1, *))
    for channel in 0..<count where random.integer(in: 0...2) == 0 {
      let perChannel = values.count / count
      for i in 0..<perChannel {
        values[kind == .separate ? i * count + channel : channel * perChannel + i] = 0
      }
    }
    let scales = (0..<count).map { _ in Float(random.integer(in: 1...40)) * 1e-3 }
    let weights = Tensor.int8(
      shape,
      Quantization(
        scales: scales, zeroPoints: Array(repeating: 0, count: count),
        axis: kind == .separate ? 3 : 0), values)
    let bias = (0..<count).map { _ in Int32(random.integer(in: -3000...3000)) }
    let window = Convolution2D(padding: .same, activation: random.activation)
    let operation: NeuralNetworks.Operation =
      switch kind {
      case .mixing: .conv2D(window)
      case .separate: .depthwiseConv2D(window, depthMultiplier: 1)
      case .matrix: .fullyConnected(activation: .none, keepsDimensions: false)
      }
    tensors += [weights, .int32([count], bias), .int8(output, Self.quantization(&random))]
    let last = tensors.count - 1
    operators.append(
      Operator(operation: operation, inputs: [input, last - 2, last - 1], outputs: [last]))
    return last
  }

  private mutating func passing(
    _ input: Int, _ operation: NeuralNetworks.Operation, _ shape: [Int]
  ) -> Int {
    var output = tensors[input]
    output.shape = Shape(shape)
    tensors.append(output)
    operators.append(
      Operator(operation: operation, inputs: [input], outputs: [tensors.count - 1]))
    return tensors.count - 1
  }

  /// Zero points at the lower end are common: what ReLU clamps is then what padding holds.
  private static func quantization(_ random: inout SplitMix) -> Quantization {
    Quantization(
      scale: Float(random.integer(in: 1...50)) * 1e-2,
      zeroPoint: random.integer(in: 0...1) == 0 ? -128 : random.integer(in: -128...127))
  }
}
