/// Reads what `ByteWriter` wrote; nil where bytes are missing or of other lengths.
struct ByteReader {
  private let bytes: [UInt8]
  private var place = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  var isAtEnd: Bool { place == bytes.count }

  mutating func skip(_ expected: [UInt8]) -> Bool {
    guard bytes[place...].starts(with: expected) else { return false }
    place += expected.count
    return true
  }

  mutating func bits() -> UInt64? {
    guard bytes.count - place >= 8 else { return nil }
    defer { place += 8 }
    return bytes.withUnsafeBytes {
      UInt64(littleEndian: $0.loadUnaligned(fromByteOffset: place, as: UInt64.self))
    }
  }

  mutating func integer() -> Int? { bits().map { Int(Int64(bitPattern: $0)) } }

  /// Arrays of exactly these lengths.
  mutating func floats(_ counts: [Int]) -> [[Float]]? {
    var arrays: [[Float]] = []
    for count in counts {
      guard integer() == count, (bytes.count - place) / 4 >= count else { return nil }
      let start = place
      arrays.append(
        bytes.withUnsafeBytes { all in
          (0..<count).map { all.loadUnaligned(fromByteOffset: start + 4 * $0, as: Float.self) }
        })
      place += 4 * count
    }
    return arrays
  }

  mutating func double() -> Double? { bits().map { Double(bitPattern: $0) } }

  /// Of a 0 or 1 in front, then the number.
  mutating func optionalDouble() -> Double?? {
    guard let exists = integer(), let number = double(), exists == 0 || exists == 1 else {
      return nil
    }
    return .some(exists == 1 ? number : nil)
  }

  mutating func ranges(_ count: Int) -> [ClosedRange<Float>?]? {
    var ranges: [ClosedRange<Float>?] = []
    for _ in 0..<count {
      guard let exists = integer(), let bits = bits() else { return nil }
      let low = Float(bitPattern: UInt32(truncatingIfNeeded: bits >> 32))
      let high = Float(bitPattern: UInt32(truncatingIfNeeded: bits))
      guard exists == 0 || low <= high else { return nil }
      ranges.append(exists == 0 ? nil : low...high)
    }
    return ranges
  }
}
