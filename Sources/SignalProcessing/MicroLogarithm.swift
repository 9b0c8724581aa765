import Glibc

/// 64 times the natural logarithm, in integers: the position of the leading bit, and the fraction
/// by linear interpolation between 129 table entries.
struct MicroLogarithm: Sendable {
  private static let scaleBits = 16
  private static let segmentShift: Int32 = 9
  private static let naturalLogarithmOf2: UInt64 = 45426  // Q16
  private static let outputShift: UInt32 = 6
  /// Undoes the scaling of the transform (2^9) less the root of the filterbank's weights (2^6).
  private static let correctionBits: UInt32 = 3

  /// log2(1 + i / 128) - i / 128 in Q16.
  private let table = (0...128).map { index in
    let position = Double(index) / 128
    return Int32((65536 * (log2(1 + position) - position)).rounded())
  }

  /// Writes the scaled logarithms of the forty channels; 0 gives 0.
  func apply(
    to channels: UnsafeBufferPointer<UInt32>, into features: UnsafeMutableBufferPointer<UInt16>
  ) {
    table.withUnsafeBufferPointer { table in
      for channel in 0..<MicroFilterbank.channelCount {
        let value = channels[channel] << MicroLogarithm.correctionBits
        let scaled = value > 1 ? MicroLogarithm.scaled(value, table) : 0
        features[channel] = UInt16(min(scaled, 0xFFFF))
      }
    }
  }

  @inline(__always)
  private static func scaled(_ value: UInt32, _ table: UnsafeBufferPointer<Int32>) -> UInt32 {
    let exponent = 31 - value.leadingZeroBitCount
    let excess = value &- (UInt32(1) << UInt32(exponent))
    let aligned =
      exponent < scaleBits
      ? excess << UInt32(scaleBits - exponent) : excess >> UInt32(exponent - scaleBits)
    let fraction = Int32(truncatingIfNeeded: aligned)
    let segment = Int(fraction >> segmentShift)
    let offset = fraction & ((1 << segmentShift) - 1)
    let bend = ((table[segment + 1] &- table[segment]) &* offset) >> 16
    let mantissa = UInt64(truncatingIfNeeded: fraction &+ table[segment] &+ bend)
    let base2 = (UInt64(truncatingIfNeeded: exponent) << 16) &+ mantissa
    let natural = UInt32(truncatingIfNeeded: (naturalLogarithmOf2 &* base2 &+ (1 << 15)) >> 16)
    return ((natural << outputShift) &+ (1 << 15)) >> 16
  }
}
