/// The spectrum of real Q15 samples, of any power of two from 4 on, in 16-bit fixed point with the
/// scaling and rounding of KISS FFT.
///
/// Even and odd samples are packed into complex numbers, transformed by radix-4 stages after one of
/// radix 2 where the length asks for it (each first divides by its radix with rounding), and
/// separated afterwards. Sums of 16 bits wrap, as they do in the original.
struct RealTransform: Sendable {
  /// Complex numbers inside: half of the samples.
  private let points: Int
  /// exp(-2 pi i k / points).
  private let twiddles: [ComplexQ15]
  /// exp(-pi i ((k + 1) / points + 1 / 2)): what separates the two interleaved halves.
  private let separators: [ComplexQ15]
  /// Place i takes complex input `inputOrder[i]`.
  private let inputOrder: [Int32]

  /// - Precondition: `length` is a power of two from 4 on.
  init(length: Int) {
    let points = length / 2
    self.points = points
    twiddles = (0..<points).map { ComplexQ15(minusTurns: Double($0) / Double(points)) }
    separators = (1...points / 2).map {
      ComplexQ15(minusTurns: (Double($0) / Double(points) + 0.5) / 2)
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

  /// Writes `2 * points + 2` parts; samples that lack count as 0. Complexity: O(n log n).
  ///
  /// - Precondition: `count` is at most the length.
  func apply(
    _ samples: UnsafePointer<Int16>, count: Int, into output: UnsafeMutablePointer<Int16>
  ) {
    func sample(_ index: Int) -> Int16 { index < count ? samples[index] : 0 }
    for place in 0..<points {
      let source = 2 &* Int(inputOrder[place])
      ComplexQ15(sample(source), sample(source &+ 1)).store(output, place)
    }
    var span = 1
    if points.trailingZeroBitCount & 1 == 1 {
      pairs(output)
      span = 2
    }
    while span < points {
      stage(output, span: span)
      span *= 4
    }
    separate(output)
  }

  private func pairs(_ work: UnsafeMutablePointer<Int16>) {
    for place in stride(from: 0, to: points, by: 2) {
      let a = ComplexQ15(work, place).scaled(by: 32_767 / 2)
      let b = ComplexQ15(work, place &+ 1).scaled(by: 32_767 / 2) * twiddles[0]
      (a &+ b).store(work, place)
      (a &- b).store(work, place &+ 1)
    }
  }

  /// Combines every four neighboring transforms of length `span` into one of length `4 * span`.
  private func stage(_ work: UnsafeMutablePointer<Int16>, span: Int) {
    let step = points / (4 * span)
    func term(_ place: Int, _ index: Int, _ offset: Int) -> ComplexQ15 {
      ComplexQ15(work, place &+ index &* span).scaled(by: 32_767 / 4)
        * twiddles[index &* offset &* step]
    }
    for group in stride(from: 0, to: points, by: 4 * span) {
      for offset in 0..<span {
        let place = group &+ offset
        let a = ComplexQ15(work, place).scaled(by: 32_767 / 4)
        let (b, c, d) = (term(place, 1, offset), term(place, 2, offset), term(place, 3, offset))
        let (evenSum, evenDifference) = (a &+ c, a &- c)
        let (oddSum, oddDifference) = (b &+ d, b &- d)
        let turned = ComplexQ15(oddDifference.imaginary, 0 &- oddDifference.real)
        (evenSum &+ oddSum).store(work, place)
        (evenDifference &+ turned).store(work, place &+ span)
        (evenSum &- oddSum).store(work, place &+ 2 &* span)
        (evenDifference &- turned).store(work, place &+ 3 &* span)
      }
    }
  }

  /// Bins of the real signal out of the transform of its interleaved halves, in place: a bin and
  /// its mirror image depend on each other only.
  private func separate(_ work: UnsafeMutablePointer<Int16>) {
    let constant = ComplexQ15(work, 0).scaled(by: 32_767 / 2)
    ComplexQ15(constant.real &+ constant.imaginary, 0).store(work, 0)
    ComplexQ15(constant.real &- constant.imaginary, 0).store(work, points)
    for bin in 1...points / 2 {
      let low = ComplexQ15(work, bin).scaled(by: 32_767 / 2)
      let mirrored = ComplexQ15(work, points &- bin)
      let high = ComplexQ15(mirrored.real, 0 &- mirrored.imaginary).scaled(by: 32_767 / 2)
      let even = low &+ high
      let odd = (low &- high) * separators[bin &- 1]
      // Sums in 32 bits: they are halved before they go back to 16.
      let (evenReal, evenImaginary) = (Int32(even.real), Int32(even.imaginary))
      let (oddReal, oddImaginary) = (Int32(odd.real), Int32(odd.imaginary))
      ComplexQ15(halving: evenReal &+ oddReal, evenImaginary &+ oddImaginary).store(work, bin)
      ComplexQ15(halving: evenReal &- oddReal, oddImaginary &- evenImaginary)
        .store(work, points &- bin)
    }
  }
}
