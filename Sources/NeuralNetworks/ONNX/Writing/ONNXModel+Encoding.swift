/// The bytes of a model, field by field as `onnx.proto3` numbers them.
extension ONNXModel {
  /// A `ModelProto`. O(bytes).
  func encoded() -> [UInt8] {
    var writer = ProtobufWriter()
    // The oldest IR version whose readers know operator set 18, or 21.
    writer.integer(version(ofDomain: "") ?? 0 >= 21 ? 10 : 8, field: 1)
    writer.string("EdgeSim", field: 2)
    writer.message(graph.encoded(), field: 7)
    for set in operatorSets {
      var message = ProtobufWriter()
      message.string(set.domain, field: 1)
      message.integer(set.version, field: 2)
      writer.message(message, field: 8)
    }
    return writer.bytes
  }
}

extension ONNXGraph {
  fileprivate func encoded() -> ProtobufWriter {
    var writer = ProtobufWriter()
    for node in nodes { writer.message(node.encoded(), field: 1) }
    writer.string(name, field: 2)
    for tensor in initializers { writer.message(tensor.encoded(), field: 5) }
    for input in inputs { writer.message(input.encoded(), field: 11) }
    for output in outputs { writer.message(output.encoded(), field: 12) }
    return writer
  }
}

extension ONNXNode {
  fileprivate func encoded() -> ProtobufWriter {
    var writer = ProtobufWriter()
    for input in inputs { writer.string(input, field: 1) }
    for output in outputs { writer.string(output, field: 2) }
    writer.string(name, field: 3)
    writer.string(operatorType, field: 4)
    for attribute in attributes { writer.message(attribute.encoded(), field: 5) }
    if !domain.isEmpty { writer.string(domain, field: 7) }
    return writer
  }
}

extension ONNXAttribute {
  fileprivate func encoded() -> ProtobufWriter {
    var writer = ProtobufWriter()
    writer.string(name, field: 1)
    switch value {
    case .float(let value):
      writer.float(value, field: 2)
      writer.integer(1, field: 20)
    case .int(let value):
      writer.integer(value, field: 3)
      writer.integer(2, field: 20)
    case .string(let text):
      writer.string(text, field: 4)
      writer.integer(3, field: 20)
    case .tensor(let tensor):
      writer.message(tensor.encoded(), field: 5)
      writer.integer(4, field: 20)
    case .graph(let graph):
      writer.message(graph.encoded(), field: 6)
      writer.integer(5, field: 20)
    case .floats(let values):
      writer.floats(values, field: 7)
      writer.integer(6, field: 20)
    case .ints(let values):
      writer.integers(values, field: 8)
      writer.integer(7, field: 20)
    case .strings(let texts):
      for text in texts { writer.string(text, field: 9) }
      writer.integer(8, field: 20)
    case .reference(let kind), .other(let kind):
      preconditionFailure("no operator that is written has \(kind)")
    }
    return writer
  }
}

extension ONNXTensor {
  /// A `TensorProto` with raw data.
  fileprivate func encoded() -> ProtobufWriter {
    var writer = ProtobufWriter()
    if shape.rank > 0 { writer.integers(shape.dimensions, field: 1) }
    let isPacked = isNibble && elementType == .int8
    writer.integer(
      isPacked ? ONNXDataType.packedInt4 : ONNXDataType.code(of: elementType), field: 2)
    writer.string(name, field: 8)
    let bytes = data.withBytes { Array($0) }
    writer.bytes(isPacked ? Self.packed(bytes) : bytes, field: 9)
    return writer
  }

  /// Two elements in a byte, the earlier one in the lower half.
  private static func packed(_ bytes: [UInt8]) -> [UInt8] {
    stride(from: 0, to: bytes.count, by: 2).map { index in
      let high = index + 1 < bytes.count ? bytes[index + 1] : 0
      return bytes[index] & 0xF | high << 4
    }
  }
}

extension ONNXValueInfo {
  fileprivate func encoded() -> ProtobufWriter {
    var writer = ProtobufWriter()
    writer.string(name, field: 1)
    guard case .tensor(let elementType, let dimensions) = type else { return writer }
    var tensor = ProtobufWriter()
    tensor.integer(ONNXDataType.code(of: elementType), field: 1)
    if let dimensions {
      var shape = ProtobufWriter()
      for dimension in dimensions {
        var extent = ProtobufWriter()
        switch dimension {
        case .fixed(let count): extent.integer(count, field: 1)
        case .named(let name): extent.string(name, field: 2)
        }
        shape.message(extent, field: 1)
      }
      tensor.message(shape, field: 2)
    }
    var type = ProtobufWriter()
    type.message(tensor, field: 1)
    writer.message(type, field: 2)
    return writer
  }
}

extension ONNXDataType {
  /// The code of a type that takes whole bytes.
  static func code(of type: ElementType) -> Int {
    switch type {
    case .float32: 1
    case .uint8: 2
    case .int8: 3
    case .uint16: 4
    case .int16: 5
    case .int32: 6
    case .int64: 7
    case .bool: 9
    case .float16: 10
    case .float64: 11
    case .uint32: 12
    case .uint64: 13
    case .complex64: 14
    case .bfloat16: 16
    case .int4: packedInt4
    case .resource: preconditionFailure("a handle has no values")
    }
  }
}
