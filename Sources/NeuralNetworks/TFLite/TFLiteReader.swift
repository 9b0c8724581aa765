/// Reads `.tflite` files (schema version 3) of hostile origin.
///
/// Source: `schema.fbs` of LiteRT. Limits: those of `ReadBudget`, and 65,536 tensors and as many
/// operators in a subgraph.
public struct TFLiteReader {
  static let maximumCount = 65_536
  static let maximumOperands = 1024
  /// Of one sparse tensor with its zeros, and of all of them together.
  private static let maximumSparseBytes = 1 << 26

  private let file: ModelBytes
  private let buffers: [Range<Int>?]
  private let operatorCodes: [String]
  let subgraphTables: [FlatBufferTable]

  /// The network in the file, validated. O(file).
  ///
  /// - Throws: `ModelError` with the place of the first thing that is wrong, or with the names and
  ///   indices of all operators that we lack.
  public static func read(_ file: ModelBytes, name: String) throws(ModelError) -> Network {
    let network = try file.withBytes { (bytes) throws(ModelError) -> Network in
      let reader = try TFLiteReader(file, FlatBuffer(bytes: bytes))
      return Network(
        name: name, subgraphs: try reader.subgraphs(), fileByteCount: bytes.count)
    }
    try network.validate()
    return network
  }

  init(_ file: ModelBytes, _ buffer: FlatBuffer) throws(ModelError) {
    guard buffer.bytes.count >= 8, buffer.bytes[4..<8].elementsEqual(TFLiteSchema.identifier) else {
      throw ModelError(place: "byte 4", found: "no \"TFL3\"", expected: "a .tflite model")
    }
    let model = try buffer.table(at: try buffer.target(at: 0))
    let version = try model.scalar(0, default: UInt32(0))
    guard version == TFLiteSchema.version else {
      throw ModelError(place: "model", found: "schema version \(version)", expected: "version 3")
    }
    self.file = file
    buffers = try Self.bufferRanges(model)
    operatorCodes = try Self.operatorCodes(model)
    subgraphTables = try model.tables(2, limit: 1000)
    guard !subgraphTables.isEmpty else {
      throw ModelError(place: "model", found: "no subgraph", expected: "at least one")
    }
    try Self.checkOperatorTables(of: subgraphTables)
  }

  /// Where each buffer's bytes lie; nil for an empty one.
  private static func bufferRanges(_ model: FlatBufferTable) throws(ModelError) -> [Range<Int>?] {
    var ranges: [Range<Int>?] = []
    for (index, buffer) in try model.tables(4, limit: maximumCount).enumerated() {
      let offset = try buffer.scalar(1, default: UInt64(0))
      let size = try buffer.scalar(2, default: UInt64(0))
      let fileSize = UInt64(model.buffer.bytes.count)
      // 0 and 1 stand for "not stored outside" in the schema.
      if offset > 1 {
        guard offset <= fileSize, size <= fileSize - offset else {
          throw ModelError(
            place: "buffer \(index)", found: "bytes from \(offset), \(size) of them",
            expected: "a range inside the file (\(fileSize) bytes)")
        }
        ranges.append(size == 0 ? nil : Int(offset)..<Int(offset + size))
      } else {
        let data = try buffer.vector(0, elementSize: 1)
        ranges.append(data.flatMap { $0.count == 0 ? nil : $0.start..<$0.start + $0.count })
      }
    }
    return ranges
  }

  /// The newer field counts where the older, too small one has overflowed.
  private static func operatorCodes(
    _ model: FlatBufferTable
  ) throws(ModelError) -> [String] {
    var codes: [String] = []
    for table in try model.tables(1, limit: maximumCount) {
      let deprecated = Int(try table.scalar(0, default: Int8(0)))
      let code = max(deprecated, Int(try table.scalar(3, default: Int32(0))))
      let name =
        code == TFLiteSchema.customOperator
        ? customName(try table.string(1)) : TFLiteSchema.operatorName(code)
      codes.append(name)
    }
    return codes
  }

  private static func customName(_ name: String) -> String {
    OperatorDefinition.signalNames.contains(name) ? name : "custom operator \(name)"
  }

  private func subgraphs() throws(ModelError) -> [Subgraph] {
    var subgraphs: [Subgraph] = []
    var missing: [String] = []
    var budget = ReadBudget(fileByteCount: file.count)
    for (index, table) in subgraphTables.enumerated() {
      let tensors = try self.tensors(table, subgraph: index, budget: &budget)
      let operators = try self.operators(
        table, subgraph: index, of: tensors, missing: &missing, budget: &budget)
      var subgraph = Subgraph(
        name: try table.string(4), tensors: tensors,
        inputs: try table.integers(1, of: Int32.self, limit: Self.maximumOperands),
        outputs: try table.integers(2, of: Int32.self, limit: Self.maximumOperands),
        operators: operators)
      subgraph.makeEmptyConstants()
      for number in subgraph.operators.indices {
        var op = subgraph.operators[number]
        subgraph.addState(to: &op)
        subgraph.operators[number] = op
      }
      subgraphs.append(subgraph)
    }
    guard missing.isEmpty else {
      throw ModelError(
        place: "operators", found: missing.joined(separator: "; "),
        expected: "operators that are supported")
    }
    return subgraphs
  }
}

extension TFLiteReader {
  private func tensors(
    _ subgraph: FlatBufferTable, subgraph index: Int, budget: inout ReadBudget
  ) throws(ModelError) -> [Tensor] {
    var tensors: [Tensor] = []
    for (number, table) in try subgraph.tables(0, limit: Self.maximumCount).enumerated() {
      let place = "subgraph \(index), tensor \(number)"
      tensors.append(try tensor(table, place: place, &budget))
    }
    return tensors
  }

  func tensor(
    _ table: FlatBufferTable, place: String, _ budget: inout ReadBudget
  ) throws(ModelError) -> Tensor {
    let code = try table.scalar(1, default: Int8(0))
    guard let elementType = TFLiteSchema.elementTypes[code] else {
      throw ModelError(
        place: place, found: "element type \(code)", expected: "a numeric type or a resource")
    }
    let extents = try table.integers(0, of: Int32.self, limit: 8)
    guard let shape = Shape(checking: extents) else {
      throw ModelError(
        place: place, found: "the shape \(extents)",
        expected: "extents that are not negative, at most \(Shape.maximumElementCount) elements")
    }
    var tensor = Tensor(
      name: try table.string(3), elementType: elementType, shape: shape,
      quantization: try quantization(table, place: place), isVariable: try table.bool(5))
    try budget.spend(tensor, place: place)
    tensor.constant = try constant(table, elementType, shape, place: place, &budget)
    let signature = try table.integers(7, of: Int32.self, limit: 8)
    if signature.count == shape.rank, signature.contains(-1) {
      tensor.isDynamic = signature.map { $0 == -1 }
    }
    return tensor
  }

  /// A dense constant as it lies in the file, or a sparse one whose zeros are put back when it is
  /// read.
  private func constant(
    _ table: FlatBufferTable, _ elementType: ElementType, _ shape: Shape, place: String,
    _ budget: inout ReadBudget
  ) throws(ModelError) -> ConstantData? {
    let byteCount = elementType.byteCount(of: shape.elementCount)
    guard let sparsity = try table.table(6) else {
      return try constant(table, byteCount, place: place)
    }
    guard byteCount <= Self.maximumSparseBytes else {
      throw ModelError(
        place: place, found: "a sparse tensor of \(byteCount) bytes",
        expected: "at most \(Self.maximumSparseBytes)")
    }
    // It takes memory that the file does not.
    try budget.spend(bytes: byteCount, place: place)
    let sparse = SparseSource(
      file: file, parameters: sparsity.start, values: try storedRange(table, place: place) ?? 0..<0,
      shape: shape, elementType: elementType, place: place)
    // Whatever is wrong is found here.
    _ = try sparse.dense()
    return sparse.constant
  }

  private func constant(
    _ table: FlatBufferTable, _ byteCount: Int, place: String
  ) throws(ModelError) -> ConstantData? {
    guard let range = try storedRange(table, place: place) else { return nil }
    guard range.count == byteCount else {
      throw ModelError(
        place: place, found: "a buffer of \(range.count) bytes",
        expected: "\(byteCount), as shape and type say")
    }
    return ConstantData(file: file, range: range)
  }

  /// Where a tensor's buffer lies; nil when it has none.
  private func storedRange(
    _ table: FlatBufferTable, place: String
  ) throws(ModelError) -> Range<Int>? {
    let index = Int(try table.scalar(2, default: UInt32(0)))
    // Buffer 0 is empty by convention.
    guard index != 0 else { return nil }
    guard buffers.indices.contains(index) else {
      throw ModelError(
        place: place, found: "buffer \(index)", expected: "one of \(buffers.count) buffers")
    }
    return buffers[index]
  }

  private func quantization(
    _ table: FlatBufferTable, place: String
  ) throws(ModelError) -> Quantization? {
    guard let table = try table.table(4) else { return nil }
    let scales = try table.floats(2, limit: Self.maximumCount)
    guard !scales.isEmpty else { return nil }
    var zeroPoints = try table.integers(3, of: Int64.self, limit: Self.maximumCount)
    if zeroPoints.isEmpty { zeroPoints = Array(repeating: 0, count: scales.count) }
    guard zeroPoints.count == scales.count else {
      throw ModelError(
        place: place, found: "\(zeroPoints.count) zero points", expected: "\(scales.count)")
    }
    guard try table.scalar(4, default: UInt8(0)) == 0 else {
      throw ModelError(
        place: place, found: "a custom quantization", expected: "scales and zero points")
    }
    return Quantization(
      scales: scales, zeroPoints: zeroPoints, axis: Int(try table.scalar(6, default: Int32(0))))
  }

  /// The operators; what we lack is added to `missing` and left out.
  private func operators(
    _ subgraph: FlatBufferTable, subgraph index: Int, of tensors: [Tensor],
    missing: inout [String], budget: inout ReadBudget
  ) throws(ModelError) -> [Operator] {
    var operators: [Operator] = []
    var reads = ConstantReads(of: tensors)
    for (number, table) in try subgraph.tables(3, limit: Self.maximumCount).enumerated() {
      let name = try operatorName(table, place: "subgraph \(index), operator \(number)")
      let place = "subgraph \(index), operator \(number) (\(name))"
      // Before anything is kept of it: a custom name can be long, and shared by many.
      try budget.spend(bytes: 160 + name.utf8.count, place: place)
      let options = try OperatorOptions(operator: table, place: place)
      guard let definition = OperatorDefinition.named(name) else {
        missing.append("subgraph \(index), operator \(number): \(name)")
        continue
      }
      let inputs = try table.integers(1, of: Int32.self, limit: Self.maximumOperands)
      let outputs = try table.integers(2, of: Int32.self, limit: Self.maximumOperands)
      try budget.spend(bytes: 32 * (inputs.count + outputs.count), place: place)
      let present = inputs.map { $0 == -1 ? nil : $0 }
      try reads.add(present, &budget, place: place)
      let operation = try definition.operation(options)
      try budget.spend(bytes: operation.tableBytes, place: place)
      operators.append(
        Operator(
          operation: operation, inputs: present, outputs: outputs,
          intermediates: try Self.intermediates(table, of: name)))
    }
    return operators
  }

  /// Only those of an LSTM mean something.
  static func intermediates(
    _ table: FlatBufferTable, of name: String
  ) throws(ModelError) -> [Int] {
    name.hasSuffix("LSTM") ? try table.integers(8, of: Int32.self, limit: 16) : []
  }

  /// The name of what a table of an operator states.
  func operatorName(_ table: FlatBufferTable, place: String) throws(ModelError) -> String {
    let index = Int(try table.scalar(0, default: UInt32(0)))
    guard operatorCodes.indices.contains(index) else {
      throw ModelError(
        place: place, found: "operator code \(index)", expected: "one of \(operatorCodes.count)")
    }
    return operatorCodes[index]
  }
}

extension Subgraph {
  /// Tensors of no elements that nothing writes are constants, though no buffer can say so.
  fileprivate mutating func makeEmptyConstants() {
    let written = Set(inputs + operators.flatMap(\.outputs))
    for index in tensors.indices
    where tensors[index].shape.elementCount == 0 && !written.contains(index) {
      tensors[index].constant = ConstantData(bytes: [])
    }
  }
}
