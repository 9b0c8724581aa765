import Glibc

/// A 95 % confidence interval of what a count was a sample of.
public struct ConfidenceInterval: Sendable, Equatable {
  public let low: Double
  public let high: Double

  /// The share of successes, after `successes` in `trials`; nil without trials. O(1).
  ///
  /// Source: Wilson 1927, "Probable Inference, the Law of Succession, and Statistical Inference".
  public static func ofShare(successes: Int, trials: Int) -> ConfidenceInterval? {
    precondition(successes >= 0 && successes <= trials)
    guard trials > 0 else { return nil }
    let z = 1.959963984540054
    let n = Double(trials)
    let share = Double(successes) / n
    let center = (share + z * z / (2 * n)) / (1 + z * z / n)
    let half = z / (1 + z * z / n) * sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return ConfidenceInterval(
      low: successes == 0 ? 0 : max(0, center - half),
      high: successes == trials ? 1 : min(1, center + half))
  }

  /// The expected number of events, after `count` were seen. O(count).
  ///
  /// Source: Garwood 1936, "Fiducial Limits for the Poisson Distribution".
  public static func ofPoissonMean(count: Int) -> ConfidenceInterval {
    precondition(count >= 0)
    let tail = 0.025
    let low = count == 0 ? 0 : root { 1 - poissonCumulative(count - 1, mean: $0) - tail }
    let high = root { tail - poissonCumulative(count, mean: $0) }
    return ConfidenceInterval(low: low, high: high)

    /// Where an increasing function crosses zero, by bisection.
    func root(of function: (Double) -> Double) -> Double {
      var low = 0.0
      var high = 2 * Double(count) + 10
      for _ in 0..<80 {
        let middle = (low + high) / 2
        if function(middle) < 0 { low = middle } else { high = middle }
      }
      return (low + high) / 2
    }
  }

  /// The expected number of events an hour, after `count` in `hours`. O(count).
  static func ofRate(count: Int, hours: Double) -> ConfidenceInterval {
    let mean = ofPoissonMean(count: count)
    return ConfidenceInterval(low: mean.low / hours, high: mean.high / hours)
  }

  /// The probability of at most `count` events.
  private static func poissonCumulative(_ count: Int, mean: Double) -> Double {
    guard mean > 0 else { return 1 }
    return (0...count).reduce(0) { sum, events in
      sum + exp(Double(events) * log(mean) - mean - lgamma(Double(events) + 1))
    }
  }
}
