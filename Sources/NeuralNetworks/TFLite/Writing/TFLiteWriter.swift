/// Writes a network as a `.tflite` file (schema version 3).
///
/// Source: `schema.fbs` of LiteRT. What `TFLiteReader` reads of the file is the network again, but
/// for its name, which is the file's. Equal constants are stored once, aligned to 16 bytes. The
/// entry has the signature `serving_default`; no runtime asks for metadata, so that there is none.
public enum TFLiteWriter {
  /// A file's offsets are 32 bits wide.
  private static let maximumBytes = Int(Int32.max)

  /// The bytes of a file. O(bytes).
  ///
  /// - Parameter sparsely: whether weights of convolutions and fully connected layers are stored
  ///   without their zeros where that is smaller. Each is then read through a DENSIFY, which LiteRT
  ///   has and TensorFlow Lite Micro has not.
  /// - Throws: `ModelError` when the network is not valid, or too large for the format.
  public static func bytes(
    of network: Network, sparsely: Bool = false
  ) throws(ModelError) -> [UInt8] {
    try network.validate()
    var tables = FileTables()
    var subgraphs: [FlatBufferValue] = []
    for subgraph in network.subgraphs {
      let stated = subgraph.withoutImplicitState()
      let sparse = sparsely ? SparseSubgraph(stated) : SparseSubgraph(dense: stated)
      subgraphs.append(try tables.table(of: sparse))
    }
    let model: FlatBufferValue = .table([
      0: .int32(Int(TFLiteSchema.version)), 1: .tables(tables.codes.map(\.table)),
      2: .tables(subgraphs), 3: .string("EdgeSim"), 4: .tables(tables.buffers),
      7: .tables([network.main.signature]),
    ])
    guard tables.byteCount < maximumBytes else {
      throw ModelError(
        place: "network", found: "\(tables.byteCount) bytes of constants",
        expected: "fewer than \(maximumBytes)")
    }
    return FlatBufferBuilder.file(root: model, identifier: TFLiteSchema.identifier)
  }
}

/// What the subgraphs of a file share.
private struct FileTables {
  private(set) var codes: [OperatorCode] = []
  /// The first one is empty: tensors that are computed have it.
  private(set) var buffers: [FlatBufferValue] = [.table([:])]
  private var bufferIndices: [[UInt8]: Int] = [:]
  private(set) var byteCount = 0

  mutating func table(of sparse: SparseSubgraph) throws(ModelError) -> FlatBufferValue {
    let subgraph = sparse.subgraph
    let tensors = subgraph.tensors.indices.map { table(ofTensor: $0, of: sparse) }
    var operators: [FlatBufferValue] = []
    for op in subgraph.operators { operators.append(try table(of: op, in: subgraph)) }
    return .table([
      0: .tables(tensors), 1: .int32s(subgraph.inputs), 2: .int32s(subgraph.outputs),
      3: .tables(operators), 4: .string(subgraph.name),
    ])
  }

  private mutating func table(ofTensor index: Int, of sparse: SparseSubgraph) -> FlatBufferValue {
    let tensor = sparse.subgraph.tensors[index]
    let encoding = sparse.encodings[index]
    var fields: [Int: FlatBufferValue] = [
      0: .int32s(tensor.shape.dimensions), 1: .int8(TFLiteSchema.code(of: tensor.elementType)),
      2: .int32(encoding.map { buffer($0.values) } ?? buffer(of: tensor)),
      3: .string(tensor.name), 5: .bool(tensor.isVariable), 8: .bool(true),
    ]
    if let quantization = tensor.quantization {
      fields[4] = .table([
        2: .floats(quantization.scales),
        3: .integers(quantization.zeroPoints, of: Int64.self), 6: .int32(quantization.axis),
      ])
    }
    fields[6] = encoding?.parameters
    if tensor.isDynamic.count == tensor.shape.rank, tensor.isDynamic.contains(true) {
      let extents = zip(tensor.shape.dimensions, tensor.isDynamic)
      fields[7] = .int32s(extents.map { $1 ? -1 : $0 })
    }
    return .table(fields)
  }

  private mutating func buffer(of tensor: Tensor) -> Int {
    tensor.constant.map { constant in buffer(constant.withBytes { Array($0) }) } ?? 0
  }

  private mutating func buffer(_ bytes: [UInt8]) -> Int {
    if bytes.isEmpty { return 0 }
    if let known = bufferIndices[bytes] { return known }
    bufferIndices[bytes] = buffers.count
    buffers.append(.table([0: .vector(bytes, count: bytes.count, alignment: 16)]))
    byteCount += bytes.count
    return buffers.count - 1
  }

  private mutating func table(
    of op: Operator, in subgraph: Subgraph
  ) throws(ModelError) -> FlatBufferValue {
    var fields: [Int: FlatBufferValue] = [
      0: .int32(try code(of: op, in: subgraph)), 1: .int32s(op.inputs.map { $0 ?? -1 }),
      2: .int32s(op.outputs),
    ]
    if !op.intermediates.isEmpty { fields[8] = .int32s(op.intermediates) }
    if case .signal(let operation) = op.operation {
      if let options = operation.customOptions {
        fields[5] = .vector(options, count: options.count, alignment: 16)
      }
    } else if let type = TFLiteSchema.optionsType(of: op.operation.name) {
      fields[3] = .int8(type)
      fields[4] = .table(op.options(in: subgraph))
    }
    return .table(fields)
  }

  private mutating func code(of op: Operator, in subgraph: Subgraph) throws(ModelError) -> Int {
    let code = try OperatorCode(op, in: subgraph)
    if let index = codes.firstIndex(of: code) { return index }
    codes.append(code)
    return codes.count - 1
  }
}

/// The kind of an operator, and the version of it that its operands need.
private struct OperatorCode: Equatable {
  /// Nil for a custom operator.
  let builtin: Int?
  let name: String
  let version: Int

  init(_ op: Operator, in subgraph: Subgraph) throws(ModelError) {
    name = op.operation.name
    builtin = TFLiteSchema.operatorCode(of: name)
    version = op.version(in: subgraph)
    guard op.operation.recurrentActivation != .sigmoid else {
      throw ModelError(
        place: name, found: "a fused sigmoid", expected: "an activation that the schema has")
    }
  }

  var table: FlatBufferValue {
    guard let builtin else {
      return .table([
        0: .int8(TFLiteSchema.customOperator), 1: .string(name), 2: .int32(1),
        3: .int32(TFLiteSchema.customOperator),
      ])
    }
    // The older, narrower field says "look at the newer one" from 127 on.
    return .table([0: .int8(min(builtin, 127)), 2: .int32(version), 3: .int32(builtin)])
  }
}

extension Subgraph {
  /// Inputs and outputs by name: what LiteRT's newer interfaces call.
  fileprivate var signature: FlatBufferValue {
    func named(_ indices: [Int]) -> FlatBufferValue {
      .tables(
        indices.map { .table([0: .string(tensors[$0].name), 1: .int32($0)]) })
    }
    return .table([
      0: named(inputs), 1: named(outputs), 2: .string("serving_default"), 4: .int32(0),
    ])
  }
}

extension Operation {
  fileprivate var recurrentActivation: RecurrentActivation? {
    switch self {
    case .lstm(let lstm), .unidirectionalSequenceLSTM(let lstm),
      .bidirectionalSequenceLSTM(let lstm):
      lstm.activation
    case .rnn(let rnn), .unidirectionalSequenceRNN(let rnn), .bidirectionalSequenceRNN(let rnn):
      rnn.activation
    case .svdf(let svdf): svdf.activation
    default: nil
    }
  }
}

extension Subgraph {
  /// Without the variables that the reader adds to operators whose runtime keeps them itself; what
  /// the reader would add again at the end of the tensors.
  fileprivate func withoutImplicitState() -> Subgraph {
    var result = self
    var dropped: Set<Int> = []
    for index in operators.indices {
      guard case .signal(let signal) = operators[index].operation,
        operators[index].inputs.count == 2, let state = operators[index].inputs[1],
        signal.state(for: operators[index].inputs[0].map { tensors[$0] }) != nil
      else { continue }
      dropped.insert(state)
      result.operators[index].inputs.removeLast()
    }
    guard !dropped.isEmpty else { return self }
    var places: [Int] = []
    result.tensors = []
    for index in tensors.indices {
      places.append(result.tensors.count)
      if !dropped.contains(index) { result.tensors.append(tensors[index]) }
    }
    result.inputs = inputs.map { places[$0] }
    result.outputs = outputs.map { places[$0] }
    for index in result.operators.indices {
      result.operators[index].inputs = result.operators[index].inputs.map { $0.map { places[$0] } }
      result.operators[index].outputs = result.operators[index].outputs.map { places[$0] }
    }
    return result
  }
}
