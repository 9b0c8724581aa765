import CKissFFT
import Glibc

/// The power spectrum of a windowed frame of real samples, in 32-bit floats through KISS FFT.
///
/// Not `Sendable`: the library keeps scratch memory in its state.
final class RealFourierTransform {
  let sampleCount: Int
  var binCount: Int { sampleCount / 2 + 1 }

  private let state: OpaquePointer
  private let window: [Float]
  private var frame: [Float]
  private var bins: [kiss_fft_cpx]

  /// - Parameters:
  ///   - sampleCount: length of the transform, even.
  ///   - window: factors of the first samples of a frame; what is missing is padded with zeros.
  init(sampleCount: Int, window: [Float]) {
    precondition(sampleCount > 0 && sampleCount.isMultiple(of: 2) && window.count <= sampleCount)
    guard let state = kiss_fftr_alloc(CInt(sampleCount), 0, nil, nil) else {
      fatalError("kissfft: out of memory")
    }
    self.state = state
    self.sampleCount = sampleCount
    self.window = window
    frame = [Float](repeating: 0, count: sampleCount)
    bins = [kiss_fft_cpx](repeating: kiss_fft_cpx(r: 0, i: 0), count: sampleCount / 2 + 1)
  }

  deinit { free(UnsafeMutableRawPointer(state)) }

  /// |X|^2 of the samples that the window covers: `binCount` values. Complexity: O(n log n).
  func power(of samples: UnsafeBufferPointer<Float>) -> [Float] {
    precondition(samples.count == window.count)
    for index in window.indices { frame[index] = samples[index] * window[index] }
    kiss_fftr(state, frame, &bins)
    return bins.map { $0.r * $0.r + $0.i * $0.i }
  }
}
