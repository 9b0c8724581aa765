import Glibc

/// The natural logarithm in integers: the position of the leading bit, and the fraction by linear
/// interpolation between 129 table entries.
public struct FixedPointLogarithm: Sendable {
  private static let scaleBits = 16
  private static let segmentShift: Int32 = 9
  private static let naturalLogarithmOf2: UInt64 = 45_426  // Q16

  /// log2(1 + i / 128) - i / 128 in Q16.
  private let table = (0...128).map { index in
    let position = Double(index) / 128
    return Int32((65_536 * (log2(1 + position) - position)).rounded())
  }

  public init() {}

  /// `scale` times the logarithm; 0 for values up to 1. The product wraps, as in the original.
  public func scaled(_ value: UInt32, by scale: UInt32) -> UInt32 {
    guard value > 1 else { return 0 }
    let exponent = 31 - value.leadingZeroBitCount
    let excess = value &- (UInt32(1) << UInt32(exponent))
    let aligned =
      exponent < Self.scaleBits
      ? excess << UInt32(Self.scaleBits - exponent) : excess >> UInt32(exponent - Self.scaleBits)
    let fraction = Int32(truncatingIfNeeded: aligned)
    let segment = Int(fraction >> Self.segmentShift)
    let offset = fraction & ((1 << Self.segmentShift) - 1)
    let bend = ((table[segment + 1] &- table[segment]) &* offset) >> 16
    let mantissa = UInt64(truncatingIfNeeded: fraction &+ table[segment] &+ bend)
    let base2 = (UInt64(truncatingIfNeeded: exponent) << 16) &+ mantissa
    let natural = UInt32(
      truncatingIfNeeded: (Self.naturalLogarithmOf2 &* base2 &+ (1 << 15)) >> 16)
    return (scale &* natural &+ (1 << 15)) >> 16
  }
}
