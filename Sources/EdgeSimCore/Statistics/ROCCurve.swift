/// The receiver operating characteristic of a score that should be high for positives.
enum ROCCurve {
  /// The area under it: the chance that a positive scores above a negative, ties counting half.
  /// 0.5 without samples of both kinds. O(n log n).
  ///
  /// Source: Mann and Whitney 1947; Hanley and McNeil 1982.
  static func area(negatives: [Double], positives: [Double]) -> Double {
    guard !negatives.isEmpty, !positives.isEmpty else { return 0.5 }
    let sorted = negatives.sorted()
    var wins = 0.0
    for score in positives {
      let below = firstIndex(in: sorted) { $0 >= score }
      let notAbove = firstIndex(in: sorted) { $0 > score }
      wins += Double(below) + Double(notAbove - below) / 2
    }
    return wins / (Double(negatives.count) * Double(positives.count))
  }

  /// By bisection; the predicate is false first, then true.
  private static func firstIndex(in sorted: [Double], where holds: (Double) -> Bool) -> Int {
    var (low, high) = (0, sorted.count)
    while low < high {
      let middle = (low + high) / 2
      if holds(sorted[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
