/// Functions of 16-bit fixed-point numbers after gemmlowp's `fixedpoint.h`, with which LiteRT's
/// integer LSTM computes its gates.
///
/// `Qm` means m integer bits and 15 - m fractional bits. Intermediate values have 32 bits here and
/// are clamped where 16 bits saturate.
enum HalfWordFixedPoint {
  /// 1 / (1 + e^-x) for x in Q3; the result is Q0.
  static func logistic(_ x: Int16) -> Int16 {
    guard x != 0 else { return 1 << 14 }
    let power = exponentialOfNegative(0 - abs(Int32(x)), integerBits: 3)
    let positive = clamped(doubleReciprocalOfOnePlus(power) << 1)
    return Int16(x > 0 ? positive : largest - positive)
  }

  /// tanh x for x in Qm; the result is Q0.
  static func hyperbolicTangent(_ x: Int16, integerBits: Int32) -> Int16 {
    guard x != 0 else { return 0 }
    // The same bits read with one integer bit more are 2x.
    let power = exponentialOfNegative(0 - abs(Int32(x)), integerBits: integerBits + 1)
    let oneInQ2: Int32 = 1 << 13
    let magnitude = clamped((doubleReciprocalOfOnePlus(power) - oneInQ2) << 2)
    return Int16(x > 0 ? magnitude : 0 - magnitude)
  }

  private static let largest: Int32 = 32_767

  private static func clamped(_ value: Int32) -> Int32 { min(max(value, -32_768), largest) }

  /// Of two Q0 numbers, rounded half up.
  @inline(__always)
  private static func product(_ left: Int32, _ right: Int32) -> Int32 {
    min((left &* right &+ (1 << 14)) >> 15, largest)
  }

  /// e^x for x in Qm, x <= 0; the result is Q0.
  private static func exponentialOfNegative(_ x: Int32, integerBits: Int32) -> Int32 {
    guard x != 0 else { return largest }
    let fractionalBits = 15 - integerBits
    let quarter = Int32(1) << (fractionalBits - 2)
    let modulus = (x & (quarter - 1)) - quarter
    var result = exponentialNearZero(clamped(modulus << integerBits))
    let remainder = modulus - x
    // e^-(2^k) in Q0, for k from -2 on.
    let factors: [Int32] = [25_520, 19_875, 12_055, 4_435, 600, 11, 0]
    for (index, factor) in factors.enumerated() {
      let power = Int32(index) - 2
      guard power < integerBits else { break }
      if remainder & (1 << (fractionalBits + power)) != 0 { result = product(result, factor) }
    }
    return integerBits > 5 && x < -(32 << fractionalBits) ? 0 : result
  }

  /// e^x for x in Q0, -1/4 <= x < 0: Taylor around -1/8.
  private static func exponentialNearZero(_ a: Int32) -> Int32 {
    let (constantTerm, third): (Int32, Int32) = (28_918, 10_923)
    let x = a + 1 << 12
    let x2 = product(x, x)
    let x3 = product(x2, x)
    let x4Over4 = FixedPoint.roundingShiftRight(product(x2, x2), by: 2)
    let inner = product(x4Over4 + x3, third) + x2
    let tail = x + FixedPoint.roundingShiftRight(inner, by: 1)
    return clamped(constantTerm + product(constantTerm, tail))
  }

  /// 2 / (1 + x) in Q2 for x in Q0, 0 <= x <= 1. Newton and Raphson.
  private static func doubleReciprocalOfOnePlus(_ x: Int32) -> Int32 {
    let halfDenominator = (x + 32_768) / 2
    let (constant48Over17, constant32Over17): (Int32, Int32) = (23_130, 15_420)
    let oneInQ2: Int32 = 1 << 13
    var estimate = constant48Over17 + product(halfDenominator, -constant32Over17)
    for _ in 0..<3 {
      let error = oneInQ2 - product(halfDenominator, estimate)
      estimate = clamped(estimate + clamped(product(estimate, error) << 2))
    }
    return estimate
  }
}
