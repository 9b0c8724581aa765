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
    network.subgraphs[0].operators[7].operation = .gelu(isApproximate: false)
    do throws(ModelError) {
      _ = try ONNXWriter.bytes(of: network)
      Issue.record("written")
    } catch { #expect(error.place == "operator 7 (GELU)") }
  }
}
