/// Walks the fields of one message in protobuf's wire format, trusting none of its lengths.
///
/// Source: protobuf.dev, "Encoding". Groups, which are deprecated and which ONNX never used, are
/// refused. Every read is checked against the message's end; nothing is followed recursively here.
struct ProtobufCursor {
  /// The whole file, so that places are the file's.
  let bytes: UnsafeRawBufferPointer
  private(set) var position: Int
  let end: Int

  init(_ bytes: UnsafeRawBufferPointer, range: Range<Int>) {
    self.bytes = bytes
    position = range.lowerBound
    end = range.upperBound
  }

  /// The next field, or nil at the message's end. O(1): contents are not looked at.
  mutating func next() throws(ModelError) -> ProtobufField? {
    guard position < end else { return nil }
    let start = position
    let key = try varint()
    guard key >> 3 >= 1, key >> 3 < 1 << 29 else {
      throw failure(at: start, found: "field number \(key >> 3)", expected: "1 to 2^29 - 1")
    }
    return ProtobufField(number: Int(key >> 3), place: start, value: try value(of: key, start))
  }

  private mutating func value(
    of key: UInt64, _ start: Int
  ) throws(ModelError) -> ProtobufField.Value {
    switch key & 7 {
    case 0: return .varint(try varint())
    case 1: return .fixed64(try fixed(UInt64.self))
    case 2:
      let length = try varint()
      guard length <= UInt64(end - position) else {
        throw failure(
          at: start, found: "a length of \(length) bytes",
          expected: "at most the \(end - position) that are left")
      }
      defer { position += Int(length) }
      return .bytes(position..<position + Int(length))
    case 5: return .fixed32(try fixed(UInt32.self))
    default:
      throw failure(at: start, found: "wire type \(key & 7)", expected: "0, 1, 2 or 5")
    }
  }

  /// A base-128 number of at most ten bytes.
  mutating func varint() throws(ModelError) -> UInt64 {
    var result: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 70, by: 7) {
      guard position < end else { break }
      let byte = bytes[position]
      position += 1
      result |= UInt64(byte & 0x7F) << shift
      if byte & 0x80 == 0 { return result }
    }
    throw failure(
      at: position, found: "a number without end", expected: "at most 10 bytes in its message")
  }

  mutating func fixed<Value: FixedWidthInteger>(
    _ type: Value.Type
  ) throws(ModelError) -> Value {
    let size = MemoryLayout<Value>.size
    guard size <= end - position else {
      throw failure(at: position, found: "the end of the message", expected: "\(size) bytes")
    }
    defer { position += size }
    return Value(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: Value.self))
  }

  private func failure(at place: Int, found: String, expected: String) -> ModelError {
    ModelError(place: "byte \(place)", found: found, expected: expected)
  }
}

/// One field: its number and its value, not interpreted yet.
struct ProtobufField {
  enum Value {
    case varint(UInt64)
    case fixed64(UInt64)
    case fixed32(UInt32)
    /// A string, a message or packed numbers: where it lies in the file.
    case bytes(Range<Int>)
  }

  let number: Int
  /// The byte where the field begins.
  let place: Int
  let value: Value

  /// A signed or unsigned 64-bit number.
  func integer() throws(ModelError) -> Int {
    guard case .varint(let value) = value else { throw failure("a varint") }
    return Int(truncatingIfNeeded: value)
  }

  func float() throws(ModelError) -> Float {
    guard case .fixed32(let bits) = value else { throw failure("a float") }
    return Float(bitPattern: bits)
  }

  /// Where the string or message lies.
  func range() throws(ModelError) -> Range<Int> {
    guard case .bytes(let range) = value else { throw failure("a string or message") }
    return range
  }

  func string(in bytes: UnsafeRawBufferPointer) throws(ModelError) -> String {
    let range = try range()
    guard let text = String(validating: bytes[range], as: UTF8.self) else {
      throw failure("text in UTF-8")
    }
    return text
  }

  /// Appends one number, or the numbers of a packed field.
  func appendIntegers(
    to list: inout [Int], in bytes: UnsafeRawBufferPointer
  ) throws(ModelError) {
    guard case .bytes(let range) = value else { return list.append(try integer()) }
    var cursor = ProtobufCursor(bytes, range: range)
    while cursor.position < cursor.end {
      list.append(Int(truncatingIfNeeded: try cursor.varint()))
    }
  }

  /// Appends one number, or the numbers of a packed field.
  func appendFloats(
    to list: inout [Float], in bytes: UnsafeRawBufferPointer
  ) throws(ModelError) {
    guard case .bytes(let range) = value else { return list.append(try float()) }
    var cursor = ProtobufCursor(bytes, range: range)
    while cursor.position < cursor.end {
      list.append(Float(bitPattern: try cursor.fixed(UInt32.self)))
    }
  }

  private func failure(_ expected: String) -> ModelError {
    let found =
      switch value {
      case .varint: "a varint"
      case .fixed64: "eight bytes"
      case .fixed32: "four bytes"
      case .bytes(let range): "\(range.count) bytes"
      }
    return ModelError(
      place: "byte \(place) (field \(number))", found: found, expected: expected)
  }
}
