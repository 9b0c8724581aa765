/// Real Q15 samples of a spectrum, with the scaling and rounding of KISS FFT: the inverse of
/// `RealTransform`, which steps back from the bins to the packed halves and transforms them.
public struct InverseRealTransform: Sendable {
  private let inner: ComplexTransform
  /// exp(pi i ((k + 1) / points + 1 / 2)): what puts the two interleaved halves together.
  private let joiners: [ComplexInt16]
  /// Where complex number k goes before the transform.
  private let places: [Int32]

  /// - Precondition: `length` is a power of two from 4 on.
  public init(length: Int) {
    precondition(length >= 4 && length.nonzeroBitCount == 1, "a length that is no power of two")
    let points = length / 2
    inner = ComplexTransform(points: points, isInverse: true)
    joiners = (1...points / 2).map {
      ComplexInt16(minusTurns: -(Double($0) / Double(points) + 0.5) / 2)
    }
    var places = [Int32](repeating: 0, count: points)
    for (place, source) in inner.inputOrder.enumerated() { places[Int(source)] = Int32(place) }
    self.places = places
  }

  /// Reads `length / 2 + 1` bins and writes `length` samples, two in each complex number. Sums of
  /// 16 bits wrap, as they do in the original. Allocates nothing. O(n log n).
  public func apply(
    _ bins: UnsafePointer<ComplexInt16>, into samples: UnsafeMutablePointer<ComplexInt16>
  ) {
    let points = inner.points
    let (first, last) = (bins[0].real, bins[points].real)
    samples[Int(places[0])] =
      ComplexInt16(first &+ last, first &- last).scaled(by: ComplexTransform.half)
    for bin in 1...points / 2 {
      let low = bins[bin].scaled(by: ComplexTransform.half)
      let mirrored = bins[points &- bin]
      let high = ComplexInt16(mirrored.real, 0 &- mirrored.imaginary)
        .scaled(by: ComplexTransform.half)
      let even = low &+ high
      let odd = (low &- high) * joiners[bin &- 1]
      let difference = even &- odd
      samples[Int(places[bin])] = even &+ odd
      samples[Int(places[points &- bin])] =
        ComplexInt16(difference.real, 0 &- difference.imaginary)
    }
    inner.run(samples)
  }
}
