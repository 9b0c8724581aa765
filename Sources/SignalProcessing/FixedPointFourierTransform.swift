/// The spectrum of 512 real Q15 samples in 16-bit fixed point, with exactly the scaling and
/// rounding of the transform that TensorFlow Lite Micro's front end uses (KISS FFT with 16-bit
/// fixed point).
///
/// Even and odd samples are packed into 256 complex numbers, transformed by four radix-4 stages
/// (decimation in time; every stage first divides by four with rounding), and separated afterwards
/// (which divides once with rounding before, and once without after). So bins are 1/512 of the
/// mathematical sums. Sums of 16 bits wrap, as they do in the original.
struct FixedPointFourierTransform: Sendable {
  static let sampleCount = 512
  static let binCount = sampleCount / 2 + 1
  static let butterflyCount = 4 * points / 4
  static let separationCount = points / 2

  private static let points = sampleCount / 2
  private static let quarter: Int32 = 32767 / 4
  private static let half: Int32 = 32767 / 2

  /// exp(-2 pi i k / 256).
  private let twiddles = (0..<points).map {
    ComplexInt16(minusTurns: Double($0) / Double(points))
  }
  /// exp(-pi i ((k + 1) / 256 + 1 / 2)): what separates the two interleaved halves.
  private let separators = (1...separationCount).map {
    ComplexInt16(minusTurns: (Double($0) / Double(points) + 0.5) / 2)
  }
  /// Place i takes input `inputOrder[i]`: the base-4 digits of i, reversed.
  private let inputOrder = (0..<points).map(reversedDigits)
  private var work = [ComplexInt16](repeating: ComplexInt16(0, 0), count: points)

  private static func reversedDigits(_ place: Int) -> UInt8 {
    var (rest, reversed) = (place, 0)
    for _ in 0..<4 {
      reversed = reversed * 4 + rest % 4
      rest /= 4
    }
    return UInt8(reversed)
  }

  /// Transforms 512 samples into 257 bins. Complexity: 256 butterflies; allocates nothing.
  mutating func transform(
    _ samples: UnsafeBufferPointer<Int16>, into bins: UnsafeMutableBufferPointer<ComplexInt16>
  ) {
    work.withUnsafeMutableBufferPointer { work in
      inputOrder.withUnsafeBufferPointer { order in
        for place in 0..<FixedPointFourierTransform.points {
          let source = 2 &* Int(order[place])
          work[place] = ComplexInt16(samples[source], samples[source + 1])
        }
      }
      guard let base = work.baseAddress else { return }
      twiddles.withUnsafeBufferPointer { twiddles in
        var span = 1
        while span < FixedPointFourierTransform.points {
          FixedPointFourierTransform.stage(base, span: span, twiddles)
          span *= 4
        }
      }
      separators.withUnsafeBufferPointer {
        FixedPointFourierTransform.separate(work, $0, into: bins)
      }
    }
  }

  /// Combines every four neighboring transforms of length `span` into one of length `4 * span`.
  @inline(__always)
  private static func stage(
    _ work: UnsafeMutablePointer<ComplexInt16>, span: Int,
    _ twiddles: UnsafeBufferPointer<ComplexInt16>
  ) {
    let stride = points / (4 * span)
    for group in Swift.stride(from: 0, to: points, by: 4 * span) {
      for offset in 0..<span {
        let place = work + group + offset
        let step = offset &* stride
        let a = place[0].scaled(by: quarter)
        let b = place[span].scaled(by: quarter) * twiddles[step]
        let c = place[2 &* span].scaled(by: quarter) * twiddles[2 &* step]
        let d = place[3 &* span].scaled(by: quarter) * twiddles[3 &* step]
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

  /// Bins of the real signal out of the transform of its interleaved halves.
  @inline(__always)
  private static func separate(
    _ work: UnsafeMutableBufferPointer<ComplexInt16>,
    _ separators: UnsafeBufferPointer<ComplexInt16>,
    into bins: UnsafeMutableBufferPointer<ComplexInt16>
  ) {
    let constant = work[0].scaled(by: half)
    bins[0] = ComplexInt16(constant.real &+ constant.imaginary, 0)
    bins[points] = ComplexInt16(constant.real &- constant.imaginary, 0)
    for bin in 1...separationCount {
      let low = work[bin].scaled(by: half)
      let mirrored = work[points &- bin]
      let high = ComplexInt16(mirrored.real, 0 &- mirrored.imaginary).scaled(by: half)
      let even = low &+ high
      let odd = (low &- high) * separators[bin &- 1]
      // Sums in 32 bits: they are halved before they go back to 16.
      let (evenReal, evenImaginary) = (Int32(even.real), Int32(even.imaginary))
      let (oddReal, oddImaginary) = (Int32(odd.real), Int32(odd.imaginary))
      bins[bin] = halved(evenReal &+ oddReal, evenImaginary &+ oddImaginary)
      bins[points &- bin] = halved(evenReal &- oddReal, oddImaginary &- evenImaginary)
    }
  }

  @inline(__always)
  private static func halved(_ real: Int32, _ imaginary: Int32) -> ComplexInt16 {
    ComplexInt16(Int16(truncatingIfNeeded: real >> 1), Int16(truncatingIfNeeded: imaginary >> 1))
  }
}
