/// The codes of `TensorProto.DataType`.
enum ONNXDataType {
  /// How a supported element type is stored, by code.
  static func elementType(of code: Int) -> ElementType? {
    switch code {
    case 1: .float32
    case 2: .uint8
    case 3: .int8
    case 4: .uint16
    case 5: .int16
    case 6: .int32
    case 7: .int64
    case 9: .bool
    case 10: .float16
    case 11: .float64
    case 12: .uint32
    case 13: .uint64
    case 16: .bfloat16
    case packedUInt4: .uint8
    case packedInt4: .int8
    default: nil
    }
  }

  static let packedUInt4 = 21
  static let packedInt4 = 22

  static func isPacked(_ code: Int) -> Bool { code == packedUInt4 || code == packedInt4 }

  /// For messages.
  static func name(of code: Int) -> String {
    let names = [
      "undefined", "float", "uint8", "int8", "uint16", "int16", "int32", "int64", "string", "bool",
      "float16", "double", "uint32", "uint64", "complex64", "complex128", "bfloat16",
      "float8e4m3fn", "float8e4m3fnuz", "float8e5m2", "float8e5m2fnuz", "uint4", "int4",
      "float4e2m1",
    ]
    return names.indices.contains(code) ? names[code] : "data type \(code)"
  }
}

extension ElementType {
  /// The element type of a code of `TensorProto.DataType` (the attribute `to` of `Cast`); nil when
  /// it is not supported.
  public init?(onnxCode code: Int) {
    guard !ONNXDataType.isPacked(code), let type = ONNXDataType.elementType(of: code) else {
      return nil
    }
    self = type
  }
}
