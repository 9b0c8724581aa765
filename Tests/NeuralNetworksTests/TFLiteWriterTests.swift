import Testing

@testable import NeuralNetworks

@Suite("Writing .tflite")
struct TFLiteWriterTests {
  /// What is read of the bytes that are written of a network.
  private func rewritten(_ network: Network, sparsely: Bool = false) throws -> Network {
    let bytes = try TFLiteWriter.bytes(of: network, sparsely: sparsely)
    return try TFLiteReader.read(ModelBytes(bytes), name: network.name)
  }

  @Test(
    "Real models are read as they were written",
    .enabled(if: RealModels.hasTiny, "needs ../shared/data"))
  func realModels() throws {
    let folder = RealModels.root + "/../shared/data/tflite_micro/"
    let micro = [
      "audio_preprocessor_int8", "dtln_noise_suppression", "hello_world_float", "hello_world_int8",
      "keyword_scrambled_8bit", "micro_speech_quantized", "person_detect", "trained_lstm_int8",
    ].map { folder + $0 + ".tflite" }
    for path in RealModels.mlperf + micro {
      let network = try ModelFormat.read(path: path)
      #expect(try rewritten(network).subgraphs == network.subgraphs, "\(path)")
    }
  }

  @Test(
    "Wake-word models are read as they were written, variables and subgraphs included",
    .enabled(if: RealModels.hasWakeWords, "needs data/models"))
  func wakeWords() throws {
    for path in RealModels.wakeWords {
      let network = try ModelFormat.read(path: path)
      #expect(try rewritten(network).subgraphs == network.subgraphs, "\(path)")
    }
  }

  /// A convolution of 8 filters, 3 x 3 x 16, all but every tenth weight zero.
  private func pruned(_ type: ElementType) -> Network {
    let weights = (0..<1152).map { (index: Int) -> Int in index % 10 == 3 ? index % 127 + 1 : 0 }
    let bytes =
      type == .int8
      ? weights.map { UInt8($0) }
      : weights.map { Float($0) }.withUnsafeBytes { Array($0) }
    let quantization = type == .int8 ? Quantization(scale: 0.5, zeroPoint: 0) : nil
    let tensors = [
      Tensor(
        name: "in", elementType: type, shape: [1, 5, 5, 16], quantization: quantization),
      Tensor(
        name: "weights", elementType: type, shape: [8, 3, 3, 16], quantization: quantization,
        constant: ConstantData(bytes: bytes)),
      Tensor(name: "out", elementType: type, shape: [1, 3, 3, 8], quantization: quantization),
    ]
    let op = Operator(
      operation: .conv2D(Convolution2D(padding: .valid)), inputs: [0, 1], outputs: [2])
    let main = Subgraph(
      name: "main", tensors: tensors, inputs: [0], outputs: [2], operators: [op])
    return Network(name: "pruned", subgraphs: [main], fileByteCount: 0)
  }

  @Test(
    "Sparse weights are stored smaller and read whole", arguments: [ElementType.float32, .int8])
  func sparse(type: ElementType) throws {
    let network = pruned(type)
    let dense = try TFLiteWriter.bytes(of: network)
    let sparse = try TFLiteWriter.bytes(of: network, sparsely: true)
    #expect(sparse.count < dense.count)
    let read = try rewritten(network, sparsely: true).main
    #expect(
      read.operators.map(\.operation) == [.plain(.densify), network.main.operators[0].operation])
    #expect(read.tensors[3].constant == network.main.tensors[1].constant)
    #expect(read.tensors[1].constant == nil)
  }

  @Test("Weights without zeros are not stored sparsely")
  func dense() throws {
    var network = pruned(.float32)
    network.subgraphs[0].tensors[1] = network.main.tensors[1].holding(
      (0..<1152).map { Float($0 + 1) })
    #expect(try rewritten(network, sparsely: true).subgraphs == network.subgraphs)
  }

  @Test("Blocks of zeros are stored as blocks where that is smallest")
  func blocks() throws {
    let values = (0..<4096).map { (index: Int) -> Float in
      index / 4 % 5 == 0 ? Float(index + 1) : 0
    }
    let tensor = Tensor(name: "w", elementType: .float32, shape: [64, 64]).holding(values)
    let encoding = try #require(SparseEncoding(tensor))
    var blockAxes = 0
    if case .table(let fields) = encoding.parameters, case .vector(_, let count, _)? = fields[1] {
      blockAxes = count
    }
    #expect(blockAxes == 1)
    #expect(encoding.values.count == 4 * values.count { $0 != 0 })
  }

  @Test("Equal constants are stored once, and all at multiples of 16")
  func buffers() throws {
    var network = pruned(.float32)
    let weights = try #require(network.main.tensors[1].constant)
    let size = try TFLiteWriter.bytes(of: network).count
    network.subgraphs[0].tensors.append(network.main.tensors[1])
    let read = try rewritten(network).main.tensors
    #expect(read[1].constant?.stored?.range == read[3].constant?.stored?.range)
    #expect((read[1].constant?.stored?.range.lowerBound ?? 1) % 16 == 0)
    #expect(try TFLiteWriter.bytes(of: network).count < size + weights.byteCount)
  }

  @Test("A network that is not valid is refused with the operator's place")
  func invalid() {
    var network = pruned(.float32)
    network.subgraphs[0].operators[0].inputs[1] = 17
    #expect(throws: ModelError.self) { try TFLiteWriter.bytes(of: network) }
    do throws(ModelError) { _ = try TFLiteWriter.bytes(of: network) } catch {
      #expect(error.place.contains("operator 0 (CONV_2D)"))
    }
  }
}
