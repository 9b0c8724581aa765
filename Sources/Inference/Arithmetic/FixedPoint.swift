/// Fixed-point functions on raw 32-bit integers, after gemmlowp's `fixedpoint.h` (Jacob et al.),
/// which defines what TensorFlow Lite's integer SOFTMAX and LOGISTIC compute.
///
/// `Qm` means m integer bits and 31 - m fractional bits.
enum FixedPoint {
  /// The product of two Q0 numbers, rounded half up.
  ///
  /// - Precondition: not both are -2^31.
  @inline(__always)
  static func roundingDoublingHighMultiply(_ left: Int32, _ right: Int32) -> Int32 {
    Int32(truncatingIfNeeded: (Int64(left) &* Int64(right) &+ (1 << 30)) &>> 31)
  }

  /// `value / 2^exponent`, rounded half away from zero; exponent in 0...31.
  @inline(__always)
  static func roundingShiftRight(_ value: Int32, by exponent: Int32) -> Int32 {
    guard exponent > 0 else { return value }
    let mask = Int32(truncatingIfNeeded: (Int64(1) &<< Int64(exponent)) &- 1)
    let remainder = value & mask
    let threshold = (mask &>> 1) &+ (value < 0 ? 1 : 0)
    return (value &>> exponent) &+ (remainder > threshold ? 1 : 0)
  }

  /// `value / 2^exponent`, rounded half up; exponent in 0...31.
  @inline(__always)
  static func halfUpShiftRight(_ value: Int32, by exponent: Int32) -> Int32 {
    guard exponent > 0 else { return value }
    let half = Int64(1) &<< Int64(exponent &- 1)
    return Int32(truncatingIfNeeded: (Int64(value) &+ half) &>> Int64(exponent))
  }

  /// `value * 2^exponent`, clamped to 32 bits.
  static func saturatingShiftLeft(_ value: Int32, by exponent: Int32) -> Int32 {
    Int32(clamping: Int64(value) &<< Int64(exponent))
  }

  /// e^x for x in Qm, x <= 0; the result is Q0.
  static func exponentialOfNegative(_ x: Int32, integerBits: Int32) -> Int32 {
    guard x != 0 else { return .max }
    let fractionalBits = 31 - integerBits
    let quarter = Int32(1) << (fractionalBits - 2)
    let modulus = (x & (quarter - 1)) - quarter
    var result = exponentialNearZero(saturatingShiftLeft(modulus, by: integerBits))
    let remainder = modulus &- x
    // e^-(2^k) in Q0, for k from -2 on.
    let factors: [Int32] = [
      1_672_461_947, 1_302_514_674, 790_015_084, 290_630_308, 39_332_535, 720_401, 242,
    ]
    for (index, factor) in factors.enumerated() {
      let power = Int32(index) - 2
      guard power < integerBits else { break }
      if remainder & (1 << (fractionalBits + power)) != 0 {
        result = roundingDoublingHighMultiply(result, factor)
      }
    }
    return result
  }

  /// e^x for x in Q0, -1/4 <= x < 0: Taylor around -1/8.
  private static func exponentialNearZero(_ a: Int32) -> Int32 {
    let constantTerm: Int32 = 1_895_147_668
    let third: Int32 = 715_827_883
    let x = a &+ 1 << 28
    let x2 = roundingDoublingHighMultiply(x, x)
    let x3 = roundingDoublingHighMultiply(x2, x)
    let x4 = roundingDoublingHighMultiply(x2, x2)
    let x4Over4 = roundingShiftRight(x4, by: 2)
    let inner = roundingDoublingHighMultiply(x4Over4 &+ x3, third) &+ x2
    let tail = x &+ roundingShiftRight(inner, by: 1)
    return constantTerm &+ roundingDoublingHighMultiply(constantTerm, tail)
  }

  /// 1 / (1 + x) for x in Q0, 0 <= x <= 1; the result is Q0.
  static func reciprocalOfOnePlus(_ x: Int32) -> Int32 {
    saturatingShiftLeft(doubleReciprocalOfOnePlus(x), by: 1)
  }

  /// 2 / (1 + x) in Q2 for x in Q0, 0 <= x <= 1. Newton and Raphson.
  static func doubleReciprocalOfOnePlus(_ x: Int32) -> Int32 {
    let sum = Int64(x) + Int64(Int32.max)
    let halfDenominator = Int32((sum + 1) / 2)
    let constant48Over17: Int32 = 1_515_870_810
    let constantNegative32Over17: Int32 = -1_010_580_540
    let oneInQ2: Int32 = 1 << 29
    var estimate =
      constant48Over17
      &+ roundingDoublingHighMultiply(halfDenominator, constantNegative32Over17)
    for _ in 0..<3 {
      let product = roundingDoublingHighMultiply(halfDenominator, estimate)
      let correction = roundingDoublingHighMultiply(estimate, oneInQ2 &- product)
      estimate = estimate &+ saturatingShiftLeft(correction, by: 2)
    }
    return estimate
  }

  /// 1 / (1 + e^-x) for x in Q4; the result is Q0.
  static func logistic(_ x: Int32) -> Int32 {
    guard x != 0 else { return 1 << 30 }
    let magnitude = x > 0 ? x : 0 &- x
    let positive = reciprocalOfOnePlus(exponentialOfNegative(0 &- magnitude, integerBits: 4))
    return x > 0 ? positive : Int32.max &- positive
  }

  /// The largest input whose scaled value stays in Qm: `CalculateInputRadius` of TensorFlow Lite.
  static func inputRadius(integerBits: Int32, leftShift: Int32) -> Int32 {
    let rescaled =
      Double((1 << integerBits) - 1) * Double(Int64(1) << Int64(31 - integerBits))
      / Double(Int64(1) << Int64(leftShift))
    return Int32(rescaled.rounded(.down))
  }
}
