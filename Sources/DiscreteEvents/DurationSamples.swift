/// Every observed duration of one kind, for exact quantiles.
///
/// 8 bytes a sample; quantiles sort once, O(n log n).
public struct DurationSamples: Sendable, Equatable {
  private var nanoseconds: [Int64] = []

  public init() {}

  /// Number of samples.
  public var count: Int { nanoseconds.count }

  public mutating func record(_ duration: SimulationDuration) {
    nanoseconds.append(duration.nanoseconds)
  }

  /// The quantiles asked for, by the nearest-rank definition: the smallest sample that at least
  /// the share `p` of all samples does not exceed. Nil without samples.
  ///
  /// - Parameter perMille: shares in thousandths, 1...1000; 1000 is the maximum.
  public func quantiles(perMille: [Int]) -> [SimulationDuration]? {
    guard !nanoseconds.isEmpty else { return nil }
    let sorted = nanoseconds.sorted()
    return perMille.map { share in
      precondition((1...1000).contains(share))
      let rank = (share * sorted.count + 999) / 1000
      return SimulationDuration(nanoseconds: sorted[rank - 1])
    }
  }

  /// The arithmetic mean, rounded down to a nanosecond; nil without samples.
  public var mean: SimulationDuration? {
    guard !nanoseconds.isEmpty else { return nil }
    let sum = nanoseconds.reduce(Int128(0)) { $0 + Int128($1) }
    return SimulationDuration(nanoseconds: Int64(sum / Int128(nanoseconds.count)))
  }
}
