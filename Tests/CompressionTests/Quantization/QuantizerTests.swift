import Inference
import NeuralNetworks
import Testing
import Training

@testable import Compression

@Suite("Quantizing networks")
struct QuantizerTests {
  private let samples = SmallNetworks.samples(16)

  private func quantized(
    _ network: Network, _ settings: QuantizationSettings = QuantizationSettings()
  ) throws -> Network {
    let ranges = try Calibrator().ranges(of: network, on: samples)
    return try Quantizer(settings).quantize(network, ranges: ranges).network
  }

  /// Real outputs of all samples.
  private func outputs(_ network: Network) throws -> [Float] {
    let graph = network.main
    let (input, output) = (graph.tensors[graph.inputs[0]], graph.tensors[graph.outputs[0]])
    var interpreter = Interpreter(try ExecutionPlan(network, arithmetic: .doubleRounding))
    var result: [Float] = []
    for sample in 0..<samples.count {
      let bytes = Values.stored(Array(samples.sample(sample)), in: input)
      bytes.withUnsafeBytes { interpreter.setInput(0, bytes: $0) }
      try interpreter.invoke()
      result += interpreter.withOutput(0) { Values.real(Array($0), of: output) }
    }
    return result
  }

  private func largestDifference(_ a: [Float], _ b: [Float]) -> Float {
    zip(a, b).reduce(0) { max($0, abs($1.0 - $1.1)) }
  }

  @Test("int8 networks follow the 8-bit specification")
  func specification() throws {
    let network = try quantized(SmallNetworks.residual())
    let tensors = network.main.tensors
    #expect(tensors[1].elementType == .int8 && tensors[1].quantization?.scales.count == 4)
    #expect(tensors[4].quantization?.axis == 3)
    #expect(tensors[1].quantization?.zeroPoints == [0, 0, 0, 0])
    #expect(tensors[2].elementType == .int32)
    let input = try #require(tensors[0].quantization)
    let weights = try #require(tensors[1].quantization)
    #expect(tensors[2].quantization?.scales == weights.scales.map { $0 * input.scale })
    #expect(tensors[10].quantization == tensors[11].quantization, "a pool keeps its scale")
    #expect(tensors[11].quantization == tensors[13].quantization, "so does a reshape")
    #expect(tensors[17].quantization == Quantization(scale: 1 / 256, zeroPoint: -128))
    let codes = try #require(tensors[1].constant).elements(as: Int8.self)
    #expect(codes.min() ?? 0 >= -127 && codes.contains { abs(Int($0)) == 127 })
  }

  @Test(
    "Quantized networks compute nearly what the float network computes",
    arguments: [
      (QuantizationSettings.Form.int8, Float(0.04)), (.int16x8, 0.02), (.dynamicRange, 0.03),
      (.float16, 0.002), (.simulated, 0.02),
    ])
  func closeness(form: QuantizationSettings.Form, tolerance: Float) throws {
    let network = SmallNetworks.residual()
    let difference = largestDifference(
      try outputs(network), try outputs(quantized(network, QuantizationSettings(form: form))))
    #expect(difference <= tolerance && difference > 0)
  }

  @Test("What is written of a quantized network is read as it was", arguments: [true, false])
  func writing(nibbles: Bool) throws {
    var settings = QuantizationSettings(weightBits: nibbles ? 4 : 8)
    settings.storesNibbles = nibbles
    settings.hasFloatInterface = true
    let network = try quantized(SmallNetworks.residual(), settings)
    let bytes = try TFLiteWriter.bytes(of: network)
    let read = try TFLiteReader.read(ModelBytes(bytes), name: "")
    #expect(read.subgraphs == network.subgraphs)
    #expect(read.main.tensors[1].elementType == (nibbles ? .int4 : .int8))
    #expect(read.main.operators.first?.operation == .quantize)
    #expect(read.main.operators.last?.operation == .dequantize)
  }

  @Test("The same input gives the same bytes")
  func determinism() throws {
    let first = try TFLiteWriter.bytes(of: quantized(SmallNetworks.residual()))
    let second = try TFLiteWriter.bytes(of: quantized(SmallNetworks.residual()))
    #expect(first == second)
  }

  @Test("More bits are closer to the float network, of weights and of activations")
  func bits() throws {
    let network = SmallNetworks.residual()
    let exact = try outputs(network)
    func error(_ bits: Int, activations: Int? = nil) throws -> Float {
      let settings = QuantizationSettings(
        form: .simulated, weightBits: bits, activationBits: activations)
      return largestDifference(exact, try outputs(quantized(network, settings)))
    }
    #expect(try error(12) < error(6) && error(6) < error(2))
    #expect(try error(16, activations: 12) < error(16, activations: 5))
  }

  @Test("A softmax that joins another tensor is brought to the common scale by a QUANTIZE")
  func rescaling() throws {
    var network = SmallNetworks.residual()
    network.subgraphs[0].tensors.append(SmallNetworks.value("joined", [1, 10]))
    network.subgraphs[0].operators.append(
      Operator(
        operation: .concatenation(axis: 1, activation: .none), inputs: [17, 16], outputs: [18]))
    network.subgraphs[0].outputs = [18]
    let result = try quantized(network).main
    let softmax = try #require(result.operators.firstIndex { $0.operation == .softmax(beta: 1) })
    #expect(result.operators[softmax + 1].operation == .quantize)
    #expect(result.operators[softmax + 1].outputs == [17])
    #expect(result.tensors[17].quantization == result.tensors[18].quantization)
    #expect(
      result.tensors[result.operators[softmax].outputs[0]].quantization
        == Quantization(scale: 1 / 256, zeroPoint: -128))
  }

  @Test("Filters that are all zero keep a bias that fits")
  func zeroFilters() throws {
    var network = SmallNetworks.residual()
    var weights = try #require(network.main.tensors[1].floats)
    for index in 0..<27 { weights[index] = 0 }
    network.subgraphs[0].tensors[1] = network.main.tensors[1].holding(weights)
    let difference = largestDifference(try outputs(network), try outputs(quantized(network)))
    #expect(difference < 0.04)
  }

  @Test("Weights that two operators share are quantized once for each")
  func sharedWeights() throws {
    var network = SmallNetworks.residual()
    network.subgraphs[0].operators[2].inputs[2] = 2
    let result = try quantized(network).main
    let biases = [0, 2].map { result.tensors[result.operators[$0].inputs[2] ?? 0] }
    #expect(biases[0].quantization != biases[1].quantization)
  }

  // MARK: Bad input

  private func failure(
    _ network: Network, _ settings: QuantizationSettings = QuantizationSettings()
  ) -> ModelError? {
    do throws(ModelError) {
      try Quantizer(settings).check(network)
      return nil
    } catch { return error }
  }

  @Test("What cannot be quantized is named with layer and reason")
  func refusals() throws {
    var network = SmallNetworks.residual()
    network.subgraphs[0].operators[7].operation = .unary(.sign)
    #expect(failure(network)?.place.contains("operator 7 (SIGN)") == true)
    network = SmallNetworks.residual()
    var weights = try #require(network.main.tensors[1].floats)
    weights[5] = .nan
    network.subgraphs[0].tensors[1] = network.main.tensors[1].holding(weights)
    #expect(failure(network)?.place == "operator 0 (CONV_2D), \"first\"")
    #expect(failure(network)?.found.contains("element 5") == true)
    let again = try quantized(SmallNetworks.residual())
    #expect(failure(again)?.expected == "a network that is not quantized yet")
    for bits in [1, 9] {
      let settings = QuantizationSettings(weightBits: bits)
      #expect(failure(SmallNetworks.residual(), settings)?.found == "\(bits) bits of weights")
    }
    var settings = QuantizationSettings()
    settings.weightBitsByLayer = ["frist": 4]
    #expect(failure(SmallNetworks.residual(), settings)?.place == "layer frist")
    settings = QuantizationSettings()
    settings.granularity = .block(8)
    #expect(failure(SmallNetworks.residual(), settings)?.place == "quantization")
  }

  @Test("An activation without a range is named with the operator that writes it")
  func missingRange() throws {
    let network = SmallNetworks.residual()
    var ranges = try Calibrator().ranges(of: network, on: samples)
    ranges[6] = nil
    do {
      _ = try Quantizer().quantize(network, ranges: ranges)
      Issue.record("quantized without a range")
    } catch {
      #expect(error.place.contains("operator 1 (DEPTHWISE_CONV_2D)"))
      #expect(error.found == "no calibrated range")
    }
  }
}

/// Real values as tensors store them.
enum Values {
  static func stored(_ values: [Float], in tensor: Tensor) -> [UInt8] {
    guard let quantization = tensor.quantization else {
      return values.withUnsafeBytes { Array($0) }
    }
    let codes = values.map { value in
      (value / quantization.scale).rounded(.toNearestOrAwayFromZero)
        + Float(quantization.zeroPoint)
    }
    if tensor.elementType == .int16 {
      return codes.map { Int16(max(-32_768, min(32_767, $0))) }.withUnsafeBytes { Array($0) }
    }
    return codes.map { UInt8(bitPattern: Int8(max(-128, min(127, $0)))) }
  }

  static func real(_ bytes: [UInt8], of tensor: Tensor) -> [Float] {
    let data = ConstantData(bytes: bytes)
    guard let quantization = tensor.quantization else { return data.elements(as: Float.self) }
    let codes =
      tensor.elementType == .int16
      ? data.elements(as: Int16.self).map { Int($0) } : data.elements(as: Int8.self).map { Int($0) }
    return codes.map { Float($0 - quantization.zeroPoint) * quantization.scale }
  }
}
