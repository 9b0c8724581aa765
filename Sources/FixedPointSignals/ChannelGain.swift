/// The integer arithmetic of per-channel amplitude normalization (PCAN).
///
/// Source: Wang et al. 2017, "Trainable Frontend For Robust and Far-Field Keyword Spotting".
public enum ChannelGain {
  private static let ratioBits: UInt32 = 12
  private static let outputBits: UInt32 = 6

  /// A quadratic piece of the gain, `first + slope * f + curvature * f^2`, where f in 0..<1 says
  /// how far the noise lies between two powers of two.
  ///
  /// - Parameter noise: above 2.
  @inlinable
  public static func gain(
    at noise: UInt32, first: Int16, slope: Int16, curvature: Int16
  ) -> Int16 {
    let bits = 32 - noise.leadingZeroBitCount
    let aligned = bits < 11 ? noise << UInt32(11 - bits) : noise >> UInt32(bits - 11)
    let fraction = Int32(truncatingIfNeeded: aligned & 0x3FF)
    let bend = (Int32(curvature) &* fraction) >> 5
    let rise = ((bend &+ (Int32(slope) << 5)) &* fraction &+ (1 << 14)) >> 15
    return Int16(truncatingIfNeeded: rise &+ Int32(first))
  }

  /// x^2 / 4 below two, x - 1 above; Q12 in, Q6 out.
  public static func compressed(_ ratio: UInt32) -> UInt32 {
    ratio < 2 << ratioBits
      ? (ratio &* ratio) >> (2 + 2 * ratioBits - outputBits)
      : (ratio >> (ratioBits - outputBits)) &- (1 << outputBits)
  }
}
