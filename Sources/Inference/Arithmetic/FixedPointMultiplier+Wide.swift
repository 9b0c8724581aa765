/// Rescaling beyond the common case, as TensorFlow Lite does it.
extension FixedPointMultiplier {
  /// The multiplier of a mean: as many bits as the count has are put into the significand before
  /// it is divided.
  ///
  /// - Parameter count: positive.
  func divided(by count: Int) -> FixedPointMultiplier {
    let exponent = Int(leftShift - rightShift)
    let bits = min(63 - count.leadingZeroBitCount, 32, 31 + exponent)
    let quotient = (Int64(significand) << Int64(bits)) / Int64(count)
    return FixedPointMultiplier(
      significand: Int32(truncatingIfNeeded: quotient), exponent: Int32(exponent - bits),
      factor: factor / Float(count))
  }

  /// `value * multiplier`, rounded half up, by a significand of 16 bits; exact for |value| < 2^47.
  @inline(__always)
  func scaleWide(_ value: Int64) -> Int32 {
    let narrow =
      significand < 0x7FFF_0000 ? (Int64(significand) &+ (1 << 15)) &>> 16 : Int64(0x7FFF)
    let shift = 15 &- Int64(leftShift) &+ Int64(rightShift)
    guard shift > 0, shift < 63 else { return 0 }
    return Int32(truncatingIfNeeded: (value &* narrow &+ (1 &<< (shift &- 1))) &>> shift)
  }
}
