import Inference
import NeuralNetworks
import Testing
import Training

@testable import Compression

@Suite("Writing networks as ONNX")
struct ONNXExportTests {
  private let samples = SmallNetworks.samples(8)

  private func evaluated(_ network: Network) throws -> [[UInt8]] {
    let bytes = try ONNXWriter.bytes(of: network)
    let model = try ONNXReader.read(ModelBytes(bytes), name: "")
    let evaluator = ONNXEvaluator(try ONNXProgram(model))
    let input = network.main.tensors[network.main.inputs[0]]
    return try (0..<samples.count).map { sample in
      let stored = Values.stored(Array(samples.sample(sample)), in: input)
      let value = try TensorValue(input.elementType, input.shape, bytes: stored)
      guard case .tensor(let output) = try evaluator.run([.tensor(value)])[0] else { return [] }
      return output.withBytes { Array($0) }
    }
  }

  private func executed(_ network: Network) throws -> [[UInt8]] {
    let input = network.main.tensors[network.main.inputs[0]]
    var interpreter = Interpreter(try ExecutionPlan(network, arithmetic: .singleRounding))
    return try (0..<samples.count).map { sample in
      let stored = Values.stored(Array(samples.sample(sample)), in: input)
      interpreter.reset()
      stored.withUnsafeBytes { interpreter.setInput(0, bytes: $0) }
      try interpreter.invoke()
      return interpreter.withOutput(0) { Array($0) }
    }
  }

  private func quantized(_ settings: QuantizationSettings) throws -> Network {
    let network = SmallNetworks.residual()
    let ranges = try Calibrator().ranges(of: network, on: samples)
    return try Quantizer(settings).quantize(network, ranges: ranges).network
  }

  /// The largest difference of outputs, in units of the output's scale.
  private func difference(_ network: Network) throws -> Float {
    let output = network.main.tensors[network.main.outputs[0]]
    let scale = output.quantization?.scale ?? 1
    let pairs = zip(try evaluated(network), try executed(network))
    return pairs.reduce(0) { largest, pair in
      let (found, wanted) = (Values.real(pair.0, of: output), Values.real(pair.1, of: output))
      return zip(found, wanted).reduce(largest) { max($0, abs($1.0 - $1.1) / scale) }
    }
  }

  @Test("Float networks compute the same as ONNX", arguments: [Activation.relu, .relu6])
  func floats(activation: Activation) throws {
    #expect(try difference(SmallNetworks.residual(activation: activation)) < 1e-5)
  }

  @Test("Quantized networks give the codes of the single-rounding runtime, or the next ones")
  func integers() throws {
    #expect(try difference(quantized(QuantizationSettings())) <= 2)
    var nibbles = QuantizationSettings(weightBits: 4)
    nibbles.storesNibbles = true
    #expect(try difference(quantized(nibbles)) <= 2)
    #expect(try difference(quantized(QuantizationSettings(form: .int16x8))) <= 64)
  }

  /// A convolution, whose result is there in NCHW, and operators behind it.
  private func behindConvolution(_ build: (inout Subgraph) -> Int) -> Network {
    var network = SmallNetworks.network(
      [
        SmallNetworks.value("image", [1, 6, 6, 3]), SmallNetworks.constant("w", [4, 1, 1, 3]),
        SmallNetworks.value("a", [1, 6, 6, 4]),
      ], inputs: [0], outputs: [],
      [Operator(operation: .conv2D(Convolution2D(padding: .same)), inputs: [0, 1], outputs: [2])])
    network.subgraphs[0].outputs = [build(&network.subgraphs[0])]
    return network
  }

  private static let otherLayers: [(name: String, build: @Sendable (inout Subgraph) -> Int)] = [
    ("GELU", { $0.append(.gelu(isApproximate: false), [2], [1, 6, 6, 4]) }),
    ("GELU by tanh", { $0.append(.gelu(isApproximate: true), [2], [1, 6, 6, 4]) }),
    (
      "PRELU",
      {
        let slope = $0.append(SmallNetworks.constant("slope", [1, 1, 4]))
        return $0.append(.plain(.parametricReLU), [2, slope], [1, 6, 6, 4])
      }
    ),
    (
      "SQUARED_DIFFERENCE",
      {
        let other = $0.append(SmallNetworks.constant("other", [6, 6, 4]))
        return $0.append(
          .binary(.squaredDifference, activation: .none), [2, other], [1, 6, 6, 4])
      }
    ),
    (
      "GATHER",
      {
        let places = $0.append(integers: [3, 0, 0])
        return $0.append(.gather(axis: 3, batchAxisCount: 0), [2, places], [1, 6, 6, 3])
      }
    ),
    (
      "SPLIT",
      {
        let axis = $0.append(integers: [1], shape: [])
        let parts = $0.append(
          .split(count: 2), [axis, 2], outputs: [[1, 3, 6, 4], [1, 3, 6, 4]])
        return $0.append(.binary(.subtract, activation: .relu), parts, [1, 3, 6, 4])
      }
    ),
    (
      "UNPACK and PACK",
      {
        let rows = $0.append(
          .unpack(axis: 1, count: 6), [2], outputs: Array(repeating: [1, 6, 4], count: 6))
        return $0.append(.pack(axis: 3), Array(rows.reversed()), [1, 6, 4, 6])
      }
    ),
    (
      "TILE",
      {
        let counts = $0.append(integers: [1, 2, 1, 3])
        return $0.append(.plain(.tile), [2, counts], [1, 12, 6, 12])
      }
    ),
    (
      "ARG_MAX",
      {
        let axis = $0.append(integers: [3], shape: [])
        return $0.append(.plain(.argumentMaximum), [2, axis], [1, 6, 6], .int32)
      }
    ),
    (
      "UNIDIRECTIONAL_SEQUENCE_LSTM",
      {
        let shape = $0.append(integers: [1, 6, 24])
        let steps = $0.append(.reshape(shape: nil), [2, shape], [1, 6, 24])
        return $0.appendLSTM(steps, depth: 24, units: 5)
      }
    ),
  ]

  @Test(
    "Layers of other kinds compute the same as ONNX", arguments: ONNXExportTests.otherLayers.indices
  )
  func computesTheSame(index: Int) throws {
    let network = behindConvolution(Self.otherLayers[index].build)
    try network.validate()
    let output = network.main.tensors[network.main.outputs[0]]
    guard output.elementType == .float32 else {
      #expect(try evaluated(network) == executed(network))
      return
    }
    #expect(try difference(network) < 1e-5, "\(Self.otherLayers[index].name)")
  }

  @Test("Convolutions follow each other without a transpose between them")
  func transposes() throws {
    let bytes = try ONNXWriter.bytes(of: SmallNetworks.residual())
    let model = try ONNXReader.read(ModelBytes(bytes), name: "")
    let types = model.graph.nodes.map(\.operatorType)
    #expect(types.filter { $0 == "Transpose" }.count == 1)
    #expect(
      types == [
        "Transpose", "Conv", "Relu", "Conv", "Relu", "Conv", "Add", "Relu", "AveragePool",
        "Reshape", "Gemm", "Softmax",
      ])
    #expect(model.version(ofDomain: "") == 18)
  }

  @Test("Operators without a form in ONNX are all named")
  func refusals() {
    var network = SmallNetworks.residual()
    network.subgraphs[0].operators[7].operation = .plain(.zerosLike)
    do throws(ModelError) {
      _ = try ONNXWriter.bytes(of: network)
      Issue.record("written")
    } catch { #expect(error.place == "operator 7 (ZEROS_LIKE)") }
  }
}

extension Subgraph {
  fileprivate mutating func append(_ tensor: Tensor) -> Int {
    tensors.append(tensor)
    return tensors.count - 1
  }

  fileprivate mutating func append(integers: [Int32], shape: Shape? = nil) -> Int {
    append(
      Tensor(
        name: "integers\(tensors.count)", elementType: .int32, shape: shape ?? [integers.count],
        constant: ConstantData(bytes: integers.withUnsafeBytes { Array($0) })))
  }

  fileprivate mutating func append(
    _ operation: NeuralNetworks.Operation, _ inputs: [Int], outputs: [Shape],
    _ type: ElementType = .float32
  ) -> [Int] {
    let results = outputs.map {
      append(Tensor(name: "value\(tensors.count)", elementType: type, shape: $0))
    }
    operators.append(Operator(operation: operation, inputs: inputs, outputs: results))
    return results
  }

  fileprivate mutating func append(
    _ operation: NeuralNetworks.Operation, _ inputs: [Int], _ output: Shape,
    _ type: ElementType = .float32
  ) -> Int {
    append(operation, inputs, outputs: [output], type)[0]
  }

  fileprivate mutating func appendLSTM(_ input: Int, depth: Int, units: Int) -> Int {
    let gates = ["input", "forget", "cell", "output"]
    let weights = gates.map { append(SmallNetworks.constant($0, [units, depth])) }
    let recurrent = gates.map { append(SmallNetworks.constant("\($0)/r", [units, units])) }
    let biases = gates.map { append(SmallNetworks.constant("\($0)/b", [units])) }
    let states = ["state", "cells"].map {
      append(
        Tensor(name: $0, elementType: .float32, shape: [1, units], isVariable: true))
    }
    let output = append(SmallNetworks.value("sequence", [1, 6, units]))
    var inputs: [Int?] = [input] + weights + recurrent + [nil, nil, nil]
    inputs += biases.map { $0 } as [Int?] + [nil, nil] + states + [nil, nil, nil, nil]
    operators.append(
      Operator(
        operation: .unidirectionalSequenceLSTM(LSTMAttributes(activation: .tanh)),
        inputs: inputs, outputs: [output]))
    return output
  }
}
