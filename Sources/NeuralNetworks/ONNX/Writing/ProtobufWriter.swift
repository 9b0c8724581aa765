/// Writes fields of one message in protobuf's wire format.
///
/// Source: protobuf.dev, "Encoding". Fields come in the order in which they are added.
struct ProtobufWriter {
  private(set) var bytes: [UInt8] = []

  private mutating func varint(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }

  mutating func integer(_ value: Int, field: Int) {
    varint(UInt64(field) << 3)
    varint(UInt64(bitPattern: Int64(value)))
  }

  mutating func float(_ value: Float, field: Int) {
    varint(UInt64(field) << 3 | 5)
    bytes += withUnsafeBytes(of: value.bitPattern.littleEndian) { Array($0) }
  }

  mutating func bytes(_ content: [UInt8], field: Int) {
    varint(UInt64(field) << 3 | 2)
    varint(UInt64(content.count))
    bytes += content
  }

  mutating func string(_ text: String, field: Int) { bytes(Array(text.utf8), field: field) }

  mutating func message(_ message: ProtobufWriter, field: Int) {
    bytes(message.bytes, field: field)
  }

  mutating func integers(_ values: [Int], field: Int) {
    var packed = ProtobufWriter()
    for value in values { packed.varint(UInt64(bitPattern: Int64(value))) }
    message(packed, field: field)
  }

  mutating func floats(_ values: [Float], field: Int) {
    bytes(values.map(\.bitPattern).withUnsafeBytes { Array($0) }, field: field)
  }
}
