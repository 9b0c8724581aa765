import CKissFFT
import Glibc

/// The envelope of a signal's upper band, through its analytic signal: negative frequencies and the
/// lower band are set to zero, the modulus of what is left is the envelope.
enum AnalyticSignal {
  /// O(n log n).
  ///
  /// - Parameter share: where the band begins, as a share of half the sampling rate, 0...1.
  /// - Precondition: the number of samples is even and not 0.
  static func envelope(of samples: [Float], fromShare share: Double) -> [Float] {
    let count = samples.count
    precondition(count > 0 && count.isMultiple(of: 2))
    var bins = transformed(samples.map { kiss_fft_cpx(r: $0, i: 0) }, isInverse: false)
    let first = Int(share * Double(count / 2))
    for bin in 0..<count where bin < first || bin > count / 2 {
      bins[bin] = kiss_fft_cpx(r: 0, i: 0)
    }
    let scale = 2 / Float(count)
    return transformed(bins, isInverse: true).map {
      ($0.r * $0.r + $0.i * $0.i).squareRoot() * scale
    }
  }

  private static func transformed(_ values: [kiss_fft_cpx], isInverse: Bool) -> [kiss_fft_cpx] {
    guard let state = kiss_fft_alloc(CInt(values.count), isInverse ? 1 : 0, nil, nil) else {
      fatalError("kissfft: out of memory")
    }
    defer { free(UnsafeMutableRawPointer(state)) }
    var result = [kiss_fft_cpx](repeating: kiss_fft_cpx(r: 0, i: 0), count: values.count)
    kiss_fft(state, values, &result)
    return result
  }
}
