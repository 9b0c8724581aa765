/// The numbers of a FlexBuffers map, as custom operators store their options; trusts no offset.
///
/// Source: the FlexBuffers internals document. The buffer ends with the root's value, its type and
/// its width; a map is a vector of values, before it the place of its keys, behind it the types.
struct FlexBufferMap {
  /// More keys, and longer ones, than any operator has.
  private static let maximumCount = 64
  private static let maximumKeyLength = 64

  private let bytes: UnsafeRawBufferPointer
  private let place: String
  private let start: Int
  /// Bytes of each value.
  private let width: Int
  private let count: Int
  private let keys: Int
  private let keyWidth: Int

  /// - Throws: when the buffer's root is no map whose parts lie inside the buffer.
  init(_ bytes: UnsafeRawBufferPointer, place: String) throws(ModelError) {
    let failure = ModelError(
      place: place, found: "options of \(bytes.count) bytes", expected: "a FlexBuffers map")
    guard bytes.count >= 3 else { throw failure }
    let (type, rootWidth) = (bytes[bytes.count - 2], Int(bytes[bytes.count - 1]))
    let width = 1 << Int(type & 3)
    guard type >> 2 == 9,
      let start = Self.target(bytes, at: bytes.count - 2 - rootWidth, width: rootWidth),
      let count = Self.unsigned(bytes, at: start - width, width: width),
      let keys = Self.target(bytes, at: start - 3 * width, width: width),
      let keyWidth = Self.unsigned(bytes, at: start - 2 * width, width: width),
      count <= Self.maximumCount, [1, 2, 4, 8].contains(keyWidth),
      start + count * (width + 1) <= bytes.count, keys + count * keyWidth <= bytes.count
    else { throw failure }
    (self.bytes, self.place, self.start, self.width) = (bytes, place, start, width)
    (self.count, self.keys, self.keyWidth) = (count, keys, keyWidth)
  }

  /// A signed or unsigned integer or a bool.
  ///
  /// - Throws: when the map has no such key, or something else under it.
  func integer(_ name: String, in range: ClosedRange<Int>) throws(ModelError) -> Int {
    guard let index = (0..<count).first(where: { key($0, is: name) }) else {
      throw ModelError(place: place, found: "no option \(name)", expected: "one")
    }
    let value = integer(index)
    guard let value, range.contains(value) else {
      throw ModelError(
        place: place, found: "option \(name) as \(value.map(String.init) ?? "no integer")",
        expected: "an integer from \(range.lowerBound) to \(range.upperBound)")
    }
    return value
  }

  private func key(_ index: Int, is name: String) -> Bool {
    guard let start = Self.target(bytes, at: keys + index * keyWidth, width: keyWidth) else {
      return false
    }
    let key = bytes[start..<min(start + Self.maximumKeyLength, bytes.count)].prefix { $0 != 0 }
    return key.elementsEqual(name.utf8)
  }

  private func integer(_ index: Int) -> Int? {
    let type = bytes[start + count * width + index]
    let (value, wide) = (start + index * width, 1 << Int(type & 3))
    switch type >> 2 {
    case 1: return Self.signed(bytes, at: value, width: width)
    case 2, 26: return Self.unsigned(bytes, at: value, width: width)
    case 6:
      return Self.target(bytes, at: value, width: width).flatMap {
        Self.signed(bytes, at: $0, width: wide)
      }
    case 7:
      return Self.target(bytes, at: value, width: width).flatMap {
        Self.unsigned(bytes, at: $0, width: wide)
      }
    default: return nil
    }
  }

  // MARK: Numbers

  /// Little-endian; nil outside the buffer.
  private static func pattern(
    _ bytes: UnsafeRawBufferPointer, at offset: Int, width: Int
  ) -> UInt64? {
    guard [1, 2, 4, 8].contains(width), offset >= 0, offset <= bytes.count - width else {
      return nil
    }
    return bytes[offset..<offset + width].reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }

  private static func unsigned(
    _ bytes: UnsafeRawBufferPointer, at offset: Int, width: Int
  ) -> Int? {
    pattern(bytes, at: offset, width: width).flatMap { Int(exactly: $0) }
  }

  private static func signed(
    _ bytes: UnsafeRawBufferPointer, at offset: Int, width: Int
  ) -> Int? {
    pattern(bytes, at: offset, width: width).map {
      let unused = 64 - 8 * width
      return Int(Int64(bitPattern: $0 << UInt64(unused)) >> Int64(unused))
    }
  }

  /// Where an offset, which counts backward, leads; nil outside the buffer.
  private static func target(
    _ bytes: UnsafeRawBufferPointer, at offset: Int, width: Int
  ) -> Int? {
    guard let distance = unsigned(bytes, at: offset, width: width), distance <= offset else {
      return nil
    }
    return offset - distance
  }
}
