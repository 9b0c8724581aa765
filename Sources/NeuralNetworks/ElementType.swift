/// The type of one tensor element, in the names of the `.tflite` schema's `TensorType`.
public enum ElementType: String, Sendable, Hashable, CaseIterable {
  case float32, float16, float64
  /// The upper half of a float32; only moved and converted.
  case bfloat16
  case int4, int8, int16, int32, int64
  case uint8, uint16, uint32, uint64
  case bool
  /// Real and imaginary part of 32 bits each.
  case complex64
  /// A handle of a variable that outlives one invocation (`VAR_HANDLE`).
  case resource

  /// Bits that one element takes in a packed buffer; a resource handle takes none.
  public var bitWidth: Int {
    switch self {
    case .float64, .int64, .uint64, .complex64: 64
    case .float32, .int32, .uint32: 32
    case .float16, .bfloat16, .int16, .uint16: 16
    case .int8, .uint8, .bool: 8
    case .int4: 4
    case .resource: 0
    }
  }

  /// Bytes that `count` packed elements take, rounded up to whole bytes.
  public func byteCount(of count: Int) -> Int { (count * bitWidth + 7) / 8 }
}
