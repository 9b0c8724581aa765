/// Elementary functions made of the operations that IEEE 754 rounds correctly, so that they give
/// the same bits on every machine. The C library's do not: it picks variants by instruction set.
///
/// Errors are under 2 units in the last place of `Double` over the ranges that are stated.
/// Source of the reductions: Cody and Waite 1980, "Software Manual for the Elementary Functions".
public enum ReproducibleMath {
  // The leading bits of ln 2 and of pi / 2, so that small multiples are exact, and the rest.
  private static let ln2High = 0x1.62e42fee00000p-1
  private static let ln2Low = 0x1.a39ef35793c76p-33
  private static let halfPiHigh = 0x1.921fb54400000p+0
  private static let halfPiMiddle = 0x1.0b4611a600000p-34
  private static let halfPiLow = 0x1.3198a2e037073p-69

  /// e^x; 0 below -745 and infinity above 709.78.
  public static func exp(_ x: Double) -> Double {
    guard x == x else { return x }
    guard x > -745 else { return 0 }
    guard x < 709.782712893384 else { return .infinity }
    let count = (x * 0x1.71547652b82fep+0).rounded()
    let rest = (x - count * ln2High) - count * ln2Low
    // Taylor's series to the 13th power: |rest| <= ln 2 / 2, the next term is below 2^-56.
    var sum = 0.0
    for factor in inverseFactorials[2...13].reversed() { sum = (sum + factor) * rest }
    let value = 1 + (rest + sum * rest)
    // In two steps, as 2^count may lie below the normal numbers.
    let half = Int(count) / 2
    return value * power(ofTwo: half) * power(ofTwo: Int(count) - half)
  }

  /// The natural logarithm of a normal number; minus infinity at 0, not a number below.
  public static func log(_ x: Double) -> Double {
    guard x > 0 else { return x == 0 ? -.infinity : .nan }
    guard x < .infinity else { return x }
    var (exponent, significand) = (Double(x.exponent), x.significand)
    if significand > 2.0.squareRoot() { (exponent, significand) = (exponent + 1, significand / 2) }
    let ratio = (significand - 1) / (significand + 1)
    let square = ratio * ratio
    var sum = 0.0
    for odd in stride(from: 23.0, through: 3, by: -2) { sum = (sum + 1 / odd) * square }
    return exponent * ln2High + (2 * ratio + (2 * ratio * sum + exponent * ln2Low))
  }

  /// Of an angle in radians, at most 2^20 from 0.
  public static func sin(_ x: Double) -> Double { sine(x, quarterTurns: 0) }

  /// Of an angle in radians, at most 2^20 from 0.
  public static func cos(_ x: Double) -> Double { sine(x, quarterTurns: 1) }

  private static func sine(_ x: Double, quarterTurns: Int) -> Double {
    precondition(x.magnitude <= 0x1p20, "an angle beyond a million")
    let count = (x * (2 / .pi)).rounded()
    let rest = ((x - count * halfPiHigh) - count * halfPiMiddle) - count * halfPiLow
    let quadrant = (Int(count) + quarterTurns) & 3
    let value = quadrant & 1 == 0 ? series(rest, from: 1) : series(rest, from: 0)
    return quadrant < 2 ? value : -value
  }

  /// The odd (sine) or even (cosine) powers of Taylor's series up to the 18th: |x| <= pi / 4.
  private static func series(_ x: Double, from first: Int) -> Double {
    let square = x * x
    var sum = 0.0
    for power in stride(from: first + 16, to: first, by: -2) {
      let sign = (power - first) / 2 % 2 == 0 ? 1.0 : -1.0
      sum = (sum + sign * inverseFactorials[power]) * square
    }
    return first == 0 ? 1 + sum : x + x * sum
  }

  /// The hyperbolic tangent.
  public static func tanh(_ x: Double) -> Double {
    guard x.magnitude < 20 else { return x > 0 ? 1 : x < 0 ? -1 : x }
    guard x.magnitude > 0x1p-10 else { return x - x * x * x / 3 }
    let squared = exp(2 * x)
    return (squared - 1) / (squared + 1)
  }

  /// 1 / (1 + e^-x).
  public static func logistic(_ x: Double) -> Double {
    guard x < 0 else { return 1 / (1 + exp(-x)) }
    let power = exp(x)
    return power / (1 + power)
  }

  /// A positive number to any power.
  public static func pow(_ base: Double, _ exponent: Double) -> Double {
    base == 0 ? (exponent == 0 ? 1 : 0) : exp(exponent * log(base))
  }

  private static func power(ofTwo exponent: Int) -> Double {
    Double(sign: .plus, exponent: exponent, significand: 1)
  }

  private static let inverseFactorials: [Double] = {
    var value = 1.0
    return [1]
      + (1...18).map {
        value *= Double($0); return 1 / value
      }
  }()
}
