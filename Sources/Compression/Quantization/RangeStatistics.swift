import ReproducibleMath

/// What is known of a tensor's values after one pass over samples.
struct RangeStatistics {
  private(set) var minimum = Float.infinity
  private(set) var maximum = -Float.infinity
  private(set) var isFinite = true
  private(set) var averageMinimum: Float = 0
  private(set) var averageMaximum: Float = 0
  private var batch: (low: Float, high: Float)?
  private var batchCount = 0
  private var count = 0.0
  private var nonzeroCount = 0.0
  private var sum = 0.0
  private var squareSum = 0.0
  private var magnitudeSum = 0.0

  mutating func add(_ values: UnsafeBufferPointer<Float>) {
    var (low, high) = batch ?? (Float.infinity, -Float.infinity)
    for value in values {
      low = min(low, value)
      high = max(high, value)
      let wide = Double(value)
      sum += wide
      squareSum += wide * wide
      magnitudeSum += abs(wide)
      nonzeroCount += value == 0 ? 0 : 1
    }
    count += Double(values.count)
    // A sum is finite only when all its parts are.
    isFinite = isFinite && squareSum.isFinite
    batch = (low, high)
    minimum = min(minimum, low)
    maximum = max(maximum, high)
  }

  mutating func endBatch(momentum: Double) {
    guard let batch else { return }
    let new = batchCount == 0 ? 1 : Float(1 - momentum)
    averageMinimum += (batch.low - averageMinimum) * new
    averageMaximum += (batch.high - averageMaximum) * new
    batchCount += 1
    self.batch = nil
  }

  // MARK: Analytical clipping

  /// Around the mean of a distribution with two sides, from 0 of one that is never negative.
  func clipped(bits: Int) -> ClosedRange<Float> {
    let mean = sum / max(count, 1)
    let isOneSided = minimum >= 0
    // One side uses all codes, as if there were one bit more for both. The zeros of a rectifier
    // are no part of the distribution, and exact over any range.
    let bits = isOneSided ? bits + 1 : bits
    let center = isOneSided ? 0 : mean
    let deviation = isOneSided ? magnitudeSum / max(nonzeroCount, 1) : meanDeviation
    let variance = squareSum / max(isOneSided ? nonzeroCount : count, 1) - center * center
    let spread = max(variance, 0).squareRoot()
    // The ratio of both is 0.707 for a Laplace and 0.798 for a normal distribution.
    let isNormal = deviation > 0.7524 * spread
    let reach =
      isNormal
      ? Self.normalFactor(bits: bits) * spread : Self.laplaceFactor(bits: bits) * deviation
    let low = max(minimum, Float(center - reach))
    let high = min(maximum, Float(center + reach))
    return isOneSided ? minimum...max(minimum, high) : low...max(low, high)
  }

  /// Of the values from their mean; exact for a Laplace distribution, from its variance, where
  /// the mean is not 0.
  private var meanDeviation: Double {
    let mean = sum / max(count, 1)
    let variance = max(squareSum / max(count, 1) - mean * mean, 0)
    return abs(mean) < 0.1 * variance.squareRoot()
      ? magnitudeSum / max(count, 1) : (variance / 2).squareRoot()
  }

  /// Where clipping and rounding errors of a Laplace distribution balance:
  /// `3 * 4^bits * exp(-a) = a`.
  static func laplaceFactor(bits: Int) -> Double {
    let scale = 3 * Double(1 << (2 * bits))
    var factor = Double(bits)
    // Newton steps on a + log a = log scale, which is concave: they approach from one side.
    for _ in 0..<20 {
      let error = factor + ReproducibleMath.log(factor) - ReproducibleMath.log(scale)
      factor -= error / (1 + 1 / factor)
    }
    return factor
  }

  /// The same of a normal distribution, in standard deviations: where
  /// `2 (phi(a) - a Q(a)) = 2 a / (3 * 4^bits)`, of its density and its tail.
  static func normalFactor(bits: Int) -> Double {
    let scale = 3 * Double(1 << (2 * bits))
    var (low, high) = (0.5, 12.0)
    for _ in 0..<60 {
      let middle = (low + high) / 2
      if 2 * tailExcess(beyond: middle) > 2 * middle / scale { low = middle } else { high = middle }
    }
    return (low + high) / 2
  }

  /// `2 * integral of (x - a) phi(x)` from a on, by Simpson's rule.
  private static func tailExcess(beyond a: Double) -> Double {
    let (steps, width) = (400, 8.0 / 400)
    var sum = 0.0
    for step in 0...steps {
      let x = a + Double(step) * width
      let density = ReproducibleMath.exp(-x * x / 2) / 2.5066282746310002
      let weight = step == 0 || step == steps ? 1.0 : step % 2 == 1 ? 4 : 2
      sum += weight * (x - a) * density
    }
    return 2 * sum * width / 3
  }
}
