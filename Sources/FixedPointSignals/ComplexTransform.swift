/// A transform of complex Q15 numbers, of any power of two from 2 on: radix-4 stages (decimation in
/// time) after one of radix 2 where the length asks for it. Each stage first divides by its radix
/// with rounding, so that results are divided by the length, in both directions.
struct ComplexTransform: Sendable {
  static let half: Int32 = 32_767 / 2
  private static let quarter: Int32 = 32_767 / 4

  let points: Int
  private let isInverse: Bool
  /// exp(-2 pi i k / points), of the inverse exp(2 pi i k / points).
  private let twiddles: [ComplexInt16]
  /// Place i takes complex input `inputOrder[i]`.
  let inputOrder: [Int32]

  /// - Precondition: `points` is a power of two.
  init(points: Int, isInverse: Bool) {
    self.points = points
    self.isInverse = isInverse
    let sign: Double = isInverse ? -1 : 1
    twiddles = (0..<points).map { ComplexInt16(minusTurns: sign * Double($0) / Double(points)) }
    inputOrder = (0..<points).map { Int32(Self.source(of: $0, points)) }
  }

  /// Digits of base 4, and one of base 2 where one is left over, reversed.
  private static func source(of place: Int, _ points: Int) -> Int {
    var (rest, span, weight, result) = (place, points, 1, 0)
    while span > 1 {
      let radix = span % 4 == 0 ? 4 : 2
      span /= radix
      result += rest / span * weight
      rest %= span
      weight *= radix
    }
    return result
  }

  /// Transforms numbers that lie in `inputOrder`, in place. Allocates nothing. O(n log n).
  @inline(__always)
  func run(_ work: UnsafeMutablePointer<ComplexInt16>) {
    twiddles.withUnsafeBufferPointer { twiddles in
      var span = 1
      if points.trailingZeroBitCount & 1 == 1 {
        pairs(work, twiddles[0])
        span = 2
      }
      while span < points {
        stage(work, span: span, twiddles)
        span *= 4
      }
    }
  }

  private func pairs(_ work: UnsafeMutablePointer<ComplexInt16>, _ twiddle: ComplexInt16) {
    for place in stride(from: 0, to: points, by: 2) {
      let a = work[place].scaled(by: Self.half)
      let b = work[place &+ 1].scaled(by: Self.half) * twiddle
      work[place] = a &+ b
      work[place &+ 1] = a &- b
    }
  }

  /// Combines every four neighboring transforms of length `span` into one of length `4 * span`.
  @inline(__always)
  private func stage(
    _ work: UnsafeMutablePointer<ComplexInt16>, span: Int,
    _ twiddles: UnsafeBufferPointer<ComplexInt16>
  ) {
    let stride = points / (4 * span)
    for group in Swift.stride(from: 0, to: points, by: 4 * span) {
      for offset in 0..<span {
        let place = work + group + offset
        let step = offset &* stride
        let a = place[0].scaled(by: Self.quarter)
        let b = place[span].scaled(by: Self.quarter) * twiddles[step]
        let c = place[2 &* span].scaled(by: Self.quarter) * twiddles[2 &* step]
        let d = place[3 &* span].scaled(by: Self.quarter) * twiddles[3 &* step]
        let (evenSum, evenDifference) = (a &+ c, a &- c)
        let (oddSum, oddDifference) = (b &+ d, b &- d)
        let turned =
          isInverse
          ? ComplexInt16(0 &- oddDifference.imaginary, oddDifference.real)
          : ComplexInt16(oddDifference.imaginary, 0 &- oddDifference.real)
        place[0] = evenSum &+ oddSum
        place[span] = evenDifference &+ turned
        place[2 &* span] = evenSum &- oddSum
        place[3 &* span] = evenDifference &- turned
      }
    }
  }
}
