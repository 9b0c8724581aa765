/// The spectrum of real Q15 samples, of any power of two from 4 on, in 16-bit fixed point with the
/// scaling and rounding of KISS FFT, which the front end of TensorFlow Lite Micro uses.
///
/// Even and odd samples are packed into complex numbers, transformed by radix-4 stages (decimation
/// in time) after one of radix 2 where the length asks for it (each first divides by its radix with
/// rounding), and separated afterwards (which divides once with rounding before, and once without
/// after). So bins are mathematical sums divided by the length. Sums of 16 bits wrap, as they do in
/// the original.
public struct RealTransform: Sendable {
  private static let half = ComplexTransform.half

  /// Of half as many complex numbers as there are samples.
  private let inner: ComplexTransform
  /// exp(-pi i ((k + 1) / points + 1 / 2)): what separates the two interleaved halves.
  private let separators: [ComplexInt16]

  /// - Precondition: `length` is a power of two from 4 on.
  public init(length: Int) {
    precondition(length >= 4 && length.nonzeroBitCount == 1, "a length that is no power of two")
    let points = length / 2
    inner = ComplexTransform(points: points, isInverse: false)
    separators = (1...points / 2).map {
      ComplexInt16(minusTurns: (Double($0) / Double(points) + 0.5) / 2)
    }
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
    inner.inputOrder.withUnsafeBufferPointer { order in
      for place in 0..<inner.points {
        let source = 2 &* Int(order[place])
        bins[place] = ComplexInt16(sample(source), sample(source &+ 1))
      }
    }
    inner.run(bins)
    separators.withUnsafeBufferPointer { separate(bins, $0) }
  }

  /// Bins of the real signal out of the transform of its interleaved halves, in place: a bin and
  /// its mirror image depend on each other only.
  @inline(__always)
  private func separate(
    _ bins: UnsafeMutablePointer<ComplexInt16>, _ separators: UnsafeBufferPointer<ComplexInt16>
  ) {
    let points = inner.points
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
