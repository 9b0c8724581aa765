/// Finds what matters least. Equal scores are ranked by place, so that the choice is one.
enum Ranking {
  /// The nearest number to a share of `count`, halves up.
  static func count(_ share: Double, of count: Int) -> Int {
    min(count, Int((share * Double(count)).rounded(.toNearestOrAwayFromZero)))
  }

  /// Places of the least scores, the least first. O(n log n).
  ///
  /// - Precondition: no score is NaN.
  static func least<Score: Comparable>(_ count: Int, of scores: [Score]) -> ArraySlice<Int> {
    guard count > 0 else { return [] }
    return scores.indices.sorted {
      scores[$0] == scores[$1] ? $0 < $1 : scores[$0] < scores[$1]
    }.prefix(count)
  }

  static func least(_ share: Double, of scores: [Float]) -> ArraySlice<Int> {
    least(count(share, of: scores.count), of: scores)
  }

  /// 0 for the share of least scores, 1 for the others.
  static func mask(droppingShare share: Double, of scores: [Float]) -> [UInt8] {
    var mask = [UInt8](repeating: 1, count: scores.count)
    for place in least(share, of: scores) { mask[place] = 0 }
    return mask
  }
}
