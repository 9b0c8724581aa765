/// The spectrum of real Q15 samples, of any power of two from 4 on, in 16-bit fixed point with the
/// scaling and rounding of KISS FFT, which the front end of TensorFlow Lite Micro uses.
///
/// Even and odd samples are packed into complex numbers, transformed by radix-4 stages (decimation
/// in time) after one of radix 2 where the length asks for it (each first divides by its radix with
/// rounding), and separated afterwards (which divides once with rounding before, and once without
/// after). So bins are mathematical sums divided by the length. Sums of 16 bits wrap, as they do in
/// the original.
public struct RealTransform: Sendable {
  private static let quarter: Int32 = 32_767 / 4
  private static let half: Int32 = 32_767 / 2

  /// Complex numbers inside: half of the samples.
  private let points: Int
  /// exp(-2 pi i k / points).
  private let twiddles: [ComplexInt16]
  /// exp(-pi i ((k + 1) / points + 1 / 2)): what separates the two interleaved halves.
  private let separators: [ComplexInt16]
  /// Place i takes complex input `inputOrder[i]`.
  private let inputOrder: [Int32]

  /// - Precondition: `length` is a power of two from 4 on.
  public init(length: Int) {
    precondition(length >= 4 && length.nonzeroBitCount == 1, "a length that is no power of two")
    let points = length / 2
    self.points = points
    twiddles = (0..<points).map { ComplexInt16(minusTurns: Double($0) / Double(points)) }
    separators = (1...points / 2).map {
      ComplexInt16(minusTurns: (Double($0) / Double(points) + 0.5) / 2)
    }
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

  /// Writes `length / 2 + 1` bins; samples that lack count as 0. Allocates nothing.
  ///
  /// Complexity: O(n log n).
  ///
  /// - Precondition: `count` is at most the length.
  public func apply(
    _ samples: UnsafePointer<Int16>, count: Int, into bins: UnsafeMutablePointer<ComplexInt16>
  ) {
    func sample(_ index: Int) -> Int16 { index < count ? samples[index] : 0 }
    inputOrder.withUnsafeBufferPointer { order in
      for place in 0..<points {
        let source = 2 &* Int(order[place])
        bins[place] = ComplexInt16(sample(source), sample(source &+ 1))
      }
    }
    twiddles.withUnsafeBufferPointer { twiddles in
      var span = 1
      if points.trailingZeroBitCount & 1 == 1 {
        pairs(bins, twiddles[0])
        span = 2
      }
      while span < points {
        stage(bins, span: span, twiddles)
        span *= 4
      }
    }
    separators.withUnsafeBufferPointer { separate(bins, $0) }
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
        let turned = ComplexInt16(oddDifference.imaginary, 0 &- oddDifference.real)
        place[0] = evenSum &+ oddSum
        place[span] = evenDifference &+ turned
        place[2 &* span] = evenSum &- oddSum
        place[3 &* span] = evenDifference &- turned
      }
    }
  }

  /// Bins of the real signal out of the transform of its interleaved halves, in place: a bin and
  /// its mirror image depend on each other only.
  @inline(__always)
  private func separate(
    _ bins: UnsafeMutablePointer<ComplexInt16>, _ separators: UnsafeBufferPointer<ComplexInt16>
  ) {
    let constant = bins[0].scaled(by: Self.half)
    bins[0] = ComplexInt16(constant.real &+ constant.imaginary, 0)
    bins[points] = ComplexInt16(constant.real &- constant.imaginary, 0)
    for bin in 1...points / 2 {
      let low = bins[bin].scaled(by: Self.half)
      let mirrored = bins[points &- bin]
      let high = ComplexInt16(mirrored.real, 0 &- mirrored.imaginary).scaled(by: Self.half)
      let even = low &+ high
      let odd = (low &- high) * separators[bin &- 1]
      // Sums in 32 bits: they are halved before they go back to 16.
      let (evenReal, evenImaginary) = (Int32(even.real), Int32(even.imaginary))
      let (oddReal, oddImaginary) = (Int32(odd.real), Int32(odd.imaginary))
      bins[bin] = ComplexInt16(halving: evenReal &+ oddReal, evenImaginary &+ oddImaginary)
      bins[points &- bin] = ComplexInt16(
        halving: evenReal &- oddReal, oddImaginary &- evenImaginary)
    }
  }
}
