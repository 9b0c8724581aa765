import ReproducibleMath

/// How often a tensor's values fell between which bounds.
struct ValueHistogram {
  static let binCount = 2048

  private let low: Double
  private let width: Double
  private let range: ClosedRange<Float>
  private var counts: [Int]
  /// Zeros are exact over any range, so that methods that weigh errors leave them out.
  private var zeroCount = 0

  init(over range: ClosedRange<Float>) {
    self.range = range
    low = Double(range.lowerBound)
    width = (Double(range.upperBound) - low) / Double(Self.binCount)
    counts = Array(repeating: 0, count: Self.binCount)
  }

  mutating func add(_ values: UnsafeBufferPointer<Float>) {
    guard width > 0 else {
      counts[0] += values.count
      return
    }
    for value in values {
      let bin = Int((Double(value) - low) / width)
      counts[max(0, min(Self.binCount - 1, bin))] += 1
      zeroCount += value == 0 ? 1 : 0
    }
  }

  private var nonzeroCounts: [Int] {
    var result = counts
    if zeroCount > 0 { result[max(0, min(Self.binCount - 1, Int(-low / width)))] -= zeroCount }
    return result
  }

  private func edge(_ bin: Int) -> Float { Float(low + Double(bin) * width) }

  /// The range without this part of the values at either end.
  func range(outside: Double) -> ClosedRange<Float> {
    let most = Int(Double(counts.reduce(0, +)) * outside)
    var (first, dropped) = (0, 0)
    while first < Self.binCount - 1, dropped + counts[first] <= most {
      dropped += counts[first]
      first += 1
    }
    var last = Self.binCount - 1
    dropped = 0
    while last > first, dropped + counts[last] <= most {
      dropped += counts[last]
      last -= 1
    }
    return edge(first)...max(edge(first), edge(last + 1))
  }

  // MARK: Mean squared error

  /// Cuts the upper end, then the lower one, as long as that lowers the error.
  func leastErrorRange(bits: Int) -> ClosedRange<Float> {
    guard width > 0 else { return range }
    let (steps, counts) = (100, nonzeroCounts)
    var (best, least) = (range, error(range, counts, bits: bits))
    for cutsUpperEnd in [true, false] {
      let start = best
      for step in 1..<steps {
        let part = Float(steps - step) / Float(steps)
        let candidate =
          cutsUpperEnd
          ? start.lowerBound...max(start.lowerBound, start.upperBound * part)
          : min(start.upperBound, start.lowerBound * part)...start.upperBound
        let error = error(candidate, counts, bits: bits)
        if error < least { (best, least) = (candidate, error) }
      }
    }
    return best
  }

  /// Of values at the middle of their bins, over a range that holds 0.
  private func error(_ candidate: ClosedRange<Float>, _ counts: [Int], bits: Int) -> Double {
    let bottom = min(Double(candidate.lowerBound), 0)
    let top = max(Double(candidate.upperBound), 0)
    guard top > bottom else { return .infinity }
    let step = (top - bottom) / Double(1 << bits - 1)
    var sum = 0.0
    for (bin, count) in counts.enumerated() where count > 0 {
      let value = low + (Double(bin) + 0.5) * width
      let clipped = max(bottom, min(top, value))
      let stored = ((clipped - bottom) / step).rounded() * step + bottom
      sum += Double(count) * (value - stored) * (value - stored)
    }
    return sum
  }

  // MARK: Entropy

  /// Magnitudes up to a threshold are rounded to as many levels as one sign has codes, those above
  /// count at the threshold; the threshold with the least divergence is taken.
  func leastDivergenceRange(bits: Int) -> ClosedRange<Float> {
    guard width > 0 else { return range }
    let isOneSided = range.lowerBound >= 0
    let levels = isOneSided ? 1 << bits - 1 : 1 << (bits - 1)
    let magnitudes = magnitudeCounts
    let largest = Double(max(abs(range.lowerBound), abs(range.upperBound)))
    guard levels < Self.binCount else { return range }
    var (best, least) = (Self.binCount, Double.infinity)
    for kept in stride(from: levels, through: Self.binCount, by: max(levels / 16, 1)) {
      let divergence = Self.divergence(magnitudes, kept: kept, levels: levels)
      if divergence < least { (best, least) = (kept, divergence) }
    }
    let threshold = Float(largest * Double(best) / Double(Self.binCount))
    let bottom = max(range.lowerBound, -threshold)
    return bottom...max(bottom, min(range.upperBound, threshold))
  }

  private var magnitudeCounts: [Int] {
    let largest = Double(max(abs(range.lowerBound), abs(range.upperBound)))
    var result = [Int](repeating: 0, count: Self.binCount)
    for (bin, count) in nonzeroCounts.enumerated() where count > 0 {
      let magnitude = abs(low + (Double(bin) + 0.5) * width)
      let place = Int(magnitude / largest * Double(Self.binCount))
      result[min(Self.binCount - 1, place)] += count
    }
    return result
  }

  private static func divergence(_ counts: [Int], kept: Int, levels: Int) -> Double {
    var reference = counts[..<kept].map(Double.init)
    reference[kept - 1] += Double(counts[kept...].reduce(0, +))
    var rounded = [Double](repeating: 0, count: kept)
    for level in 0..<levels {
      let bins = level * kept / levels..<(level + 1) * kept / levels
      let filled = bins.filter { counts[$0] > 0 }
      // As in the source, what is clipped is no part of the rounded distribution.
      let mass = Double(bins.reduce(0) { $0 + counts[$1] })
      for bin in filled { rounded[bin] = mass / Double(filled.count) }
    }
    let (total, roundedTotal) = (reference.reduce(0, +), rounded.reduce(0, +))
    guard total > 0, roundedTotal > 0 else { return .infinity }
    var sum = 0.0
    for bin in 0..<kept where reference[bin] > 0 {
      let p = reference[bin] / total
      // A bin that only clipped values fill has no counterpart: a small one stands for it.
      let q = max(rounded[bin] / roundedTotal, 1e-9)
      sum += p * ReproducibleMath.log(p / q)
    }
    return sum
  }
}
