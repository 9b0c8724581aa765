import Glibc
import NeuralNetworks

/// A positive real factor as `significand * 2^(exponent - 31)`, the significand in [2^30, 2^31).
///
/// Source: `QuantizeMultiplier` of TensorFlow Lite; Jacob et al. 2018, section 2.2.
struct FixedPointMultiplier: Sendable, Hashable {
  let significand: Int32
  /// Shift before the multiplication; 0 for factors below 1.
  let leftShift: Int32
  /// Shift after it; 0 for factors of at least 1.
  let rightShift: Int32

  /// The factor itself, in the precision of runtimes that rescale in floating point.
  let factor: Float

  init(significand: Int32, exponent: Int32, factor: Float) {
    self.significand = significand
    self.factor = factor
    leftShift = max(exponent, 0)
    rightShift = max(-exponent, 0)
  }

  /// Nil unless the factor is finite, not negative and below the limit.
  ///
  /// - Parameter single: the factor as a runtime computes it in 32-bit floats, where that differs.
  init?(_ factor: Double, single: Float? = nil, limit: Double = 0x1p30) {
    guard factor.isFinite, factor >= 0, factor < limit else { return nil }
    self.factor = single ?? Float(factor)
    let (fraction, power) = frexp(factor)
    var exponent = Int32(power)
    var significand = Int64((fraction * 0x1p31).rounded(.toNearestOrAwayFromZero))
    if significand == 1 << 31 {
      significand /= 2
      exponent += 1
    }
    // Too small for a shift of 32 bits: the product is zero, as in TensorFlow Lite.
    if exponent < -31 || significand == 0 {
      (significand, exponent) = (0, 0)
    }
    self.significand = Int32(significand)
    leftShift = max(exponent, 0)
    rightShift = max(-exponent, 0)
  }
}
