import Testing

@testable import EdgeSimCore

@Suite struct ConfidenceIntervalTests {
  @Test("Wilson's interval has its published values")
  func wilson() throws {
    // Newcombe 1998, "Two-sided confidence intervals for the single proportion", table I, method 3.
    let published = [
      (81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0, 0.1611),
      (1, 29, 0.0061, 0.1718),
    ]
    for (successes, trials, low, high) in published {
      let interval = try #require(
        ConfidenceInterval.ofShare(successes: successes, trials: trials))
      #expect(abs(interval.low - low) < 5e-5 && abs(interval.high - high) < 5e-5)
    }
    #expect(ConfidenceInterval.ofShare(successes: 0, trials: 0) == nil)
  }

  @Test("Garwood's interval has its published values")
  func garwood() {
    // Ulm 1990, "A simple method to calculate the confidence interval of a standardized mortality
    // ratio", exact limits.
    let published = [
      (0, 0, 3.6889), (1, 0.0253, 5.5716), (5, 1.6235, 11.6683), (10, 4.7954, 18.3904),
    ]
    for (count, low, high) in published {
      let interval = ConfidenceInterval.ofPoissonMean(count: count)
      #expect(abs(interval.low - low) < 5e-4 && abs(interval.high - high) < 5e-4)
    }
  }
}
