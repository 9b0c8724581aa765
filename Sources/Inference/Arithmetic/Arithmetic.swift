/// How a runtime brings a 32-bit accumulator back to 8 bits: the one thing in which the families of
/// int8 kernels differ.
public enum Arithmetic: String, Sendable, Hashable, CaseIterable {
  /// A rounding high multiplication, then a rounding shift: TensorFlow Lite's reference kernels,
  /// TensorFlow Lite Micro, CMSIS-NN.
  case doubleRounding = "double-rounding"
  /// As above, but the shift rounds half up: LiteRT's default kernels (ruy), and so the runtime of
  /// `pymicro-wakeword`.
  case doubleRoundingHalfUp = "double-rounding-half-up"
  /// One rounding of the product in 32-bit floating point, half to even: XNNPACK, X-CUBE-AI.
  case singleRounding = "single-rounding"

  /// `accumulator * multiplier`, rounded to an integer as the family does.
  ///
  /// Exact in 64 bits: |accumulator| < 2^31 and the multiplier's significand is below 2^31.
  @inline(__always)
  func scale(_ accumulator: Int32, by multiplier: FixedPointMultiplier) -> Int32 {
    switch self {
    case .doubleRounding:
      return FixedPoint.roundingShiftRight(
        highProduct(accumulator, multiplier), by: multiplier.rightShift)
    case .doubleRoundingHalfUp:
      return FixedPoint.halfUpShiftRight(
        highProduct(accumulator, multiplier), by: multiplier.rightShift)
    case .singleRounding:
      let product = (Float(accumulator) * multiplier.factor).rounded(.toNearestOrEven)
      return Int32(max(-0x1p30, min(0x1p30, product)))
    }
  }

  @inline(__always)
  private func highProduct(_ accumulator: Int32, _ multiplier: FixedPointMultiplier) -> Int32 {
    FixedPoint.roundingDoublingHighMultiply(
      accumulator &<< multiplier.leftShift, multiplier.significand)
  }
}
