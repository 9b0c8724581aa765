/// Little-endian numbers, one after the other.
struct ByteWriter {
  var bytes: [UInt8] = []

  mutating func write(bytes more: [UInt8]) { bytes += more }

  mutating func write(_ value: Int) { write(bits: UInt64(bitPattern: Int64(value))) }

  mutating func write(bits: UInt64) {
    withUnsafeBytes(of: bits.littleEndian) { bytes += $0 }
  }

  mutating func write(_ value: Double) { write(bits: value.bitPattern) }

  mutating func write(_ value: Double?) {
    write(value == nil ? 0 : 1)
    write(value ?? 0)
  }

  mutating func write(_ arrays: [[Float]]) {
    for array in arrays {
      write(array.count)
      array.withUnsafeBytes { bytes += $0 }
    }
  }

  mutating func write(_ ranges: [ClosedRange<Float>?]) {
    for range in ranges {
      let bits = range.map {
        UInt64($0.lowerBound.bitPattern) << 32 | UInt64($0.upperBound.bitPattern)
      }
      write(range == nil ? 0 : 1)
      write(bits: bits ?? 0)
    }
  }
}

extension Sequence<UInt8> {
  /// FNV-1a, 64 bits: finds damage, not forgery.
  var checksum: UInt64 {
    reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
  }
}
