/// A quantity with its 90 % prediction interval. `low <= nominal <= high`, none negative.
public struct Estimate: Sendable, Equatable {
  public var low: Double
  public var nominal: Double
  public var high: Double

  public static let zero = Estimate(0)

  /// - Precondition: `0 <= low <= nominal <= high`.
  public init(low: Double, nominal: Double, high: Double) {
    precondition(0 <= low && low <= nominal && nominal <= high, "an interval out of order")
    self.low = low
    self.nominal = nominal
    self.high = high
  }

  /// An exact value.
  public init(_ value: Double) { self.init(low: value, nominal: value, high: value) }

  /// Sums bound by bound: the errors are taken as fully correlated, which is the wider choice.
  public static func + (left: Estimate, right: Estimate) -> Estimate {
    Estimate(
      low: left.low + right.low, nominal: left.nominal + right.nominal,
      high: left.high + right.high)
  }

  public static func * (left: Estimate, right: Estimate) -> Estimate {
    Estimate(
      low: left.low * right.low, nominal: left.nominal * right.nominal,
      high: left.high * right.high)
  }

  public static func * (left: Estimate, right: Double) -> Estimate { left * Estimate(right) }

  /// The lowest result divides by the highest divisor.
  ///
  /// - Precondition: the divisor's low bound is positive.
  public static func / (left: Estimate, right: Estimate) -> Estimate {
    precondition(right.low > 0, "division by an interval that reaches zero")
    return Estimate(
      low: left.low / right.high, nominal: left.nominal / right.nominal,
      high: left.high / right.low)
  }
}
