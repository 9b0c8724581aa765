/// What rules read out of values: counts that decide the shape of an output.
extension Tensor {
  /// How many different elements a constant has; both zeros of floating point are one.
  var distinctElementCount: Int {
    guard let constant else { return 0 }
    switch elementType {
    case .float32: return Set(constant.elements(as: Float.self)).count
    case .int64, .uint64: return Set(constant.elements(as: UInt64.self)).count
    case .int32, .uint32: return Set(constant.elements(as: UInt32.self)).count
    case .int16, .uint16: return Set(constant.elements(as: UInt16.self)).count
    default: return Set(constant.elements(as: UInt8.self)).count
    }
  }
}

extension ElementType {
  /// Whether an element of whole bytes is not zero.
  public func isNonzero(_ bytes: UnsafeRawBufferPointer, at index: Int) -> Bool {
    let size = bitWidth / 8
    switch self {
    case .float32: return bytes.loadUnaligned(fromByteOffset: index * size, as: Float.self) != 0
    case .float64: return bytes.loadUnaligned(fromByteOffset: index * size, as: Double.self) != 0
    default: return bytes[index * size..<(index + 1) * size].contains { $0 != 0 }
    }
  }
}
