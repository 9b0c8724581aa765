/// Functions that only some operators need, after gemmlowp and TensorFlow Lite's `common.h`.
extension FixedPoint {
  /// tanh x for x in Q4; the result is Q0.
  static func hyperbolicTangent(_ x: Int32) -> Int32 {
    guard x != 0 else { return 0 }
    let negative = x > 0 ? 0 &- x : x
    // The same bits read as Q5 are 2x.
    let power = exponentialOfNegative(negative, integerBits: 5)
    let oneInQ2: Int32 = 1 << 29
    let magnitude = saturatingShiftLeft(doubleReciprocalOfOnePlus(power) &- oneInQ2, by: 2)
    return x > 0 ? magnitude : 0 &- magnitude
  }

  /// ln x for x in Q12, x >= 1; the result is Q5. A rational approximation around 2^-1/4.
  static func logarithm(_ x: Int32) -> Int32 {
    let half: Int32 = 1_518_500_250
    let quarterRoot: Int32 = 1_805_811_301
    let headroom = Int32(x.leadingZeroBitCount)
    let scaled = product(saturatingShiftLeft(x, by: headroom - 1), half)
    let fromWhole = saturatingShiftLeft(scaled, by: 1)
    let halved = product(x, half)
    let halvedHeadroom = Int32(halved.leadingZeroBitCount) - 1
    let fromHalf = saturatingShiftLeft(x, by: halvedHeadroom)
    let quarterInQ6: Int32 = 1 << 23
    let power = max(
      saturatingSum(saturatingShiftLeft(12 - headroom, by: 25), quarterInQ6),
      saturatingSum(saturatingShiftLeft(12 - halvedHeadroom, by: 25), 0 &- quarterInQ6))
    let fraction = logarithmFraction(min(fromWhole, fromHalf), around: quarterRoot)
    let logarithmOfTwo: Int32 = 1_488_522_236
    return saturatingShiftLeft(product(power, logarithmOfTwo) &+ fraction, by: 1)
  }

  /// The part of `logarithm` that the fraction of x gives, in Q6.
  private static func logarithmFraction(_ r: Int32, around center: Int32) -> Int32 {
    let p = Int32(truncatingIfNeeded: (Int64(r) + Int64(center) + 1) / 2)
    let q = (r &- center) &<< 1
    let square = product(q, q)
    let numerator = product(q, r) &+ product(product(q, square), 117_049_297)
    let inner = 1_057_819_769 &+ q &+ product(127_690_142, square)
    let denominatorLessOne = product(p, inner) &+ product(638_450_708, q)
    return product(
      roundingShiftRight(numerator, by: 6), reciprocalOfOnePlus(denominatorLessOne))
  }

  /// 1 / sqrt(x) as a significand and a left shift; 0 counts as 1.
  static func inverseSquareRoot(_ x: Int32) -> (significand: Int32, shift: Int32) {
    guard x > 1 else { return (.max, 0) }
    var (input, rightShift) = (x, Int32(11))
    while input >= 1 << 29 {
      input /= 4
      rightShift += 1
    }
    let pairs = (Int32(input.leadingZeroBitCount) - 1) / 2 - 1
    rightShift -= pairs
    input <<= 2 * pairs
    let halfInput = roundingShiftRight(input >> 1, by: 1)
    let threeHalves: Int32 = (1 << 28) + (1 << 27)
    var estimate: Int32 = 1 << 28
    for _ in 0..<5 {
      let cube = saturatingShiftLeft(product(product(estimate, estimate), estimate), by: 6)
      let next = product(threeHalves, estimate) &- product(halfInput, cube)
      estimate = saturatingShiftLeft(next, by: 3)
    }
    let halfRootOfTwo: Int32 = 1_518_500_250
    estimate = product(estimate, halfRootOfTwo)
    return rightShift < 0 ? (estimate << -rightShift, 0) : (estimate, -rightShift)
  }

  @inline(__always)
  private static func product(_ left: Int32, _ right: Int32) -> Int32 {
    roundingDoublingHighMultiply(left, right)
  }

  private static func saturatingSum(_ left: Int32, _ right: Int32) -> Int32 {
    Int32(clamping: Int64(left) + Int64(right))
  }
}
