import Glibc

/// Slides over the audio and shapes 480 samples (30 ms) with a Hann window in Q12.
struct MicroWindow: Sendable {
  static let sampleCount = 480

  private let coefficients: [Int16]
  /// The newest samples, oldest first; the first `filled` are valid.
  private var samples = [Int16](repeating: 0, count: sampleCount)
  private var filled = 0

  /// The arithmetic is 32-bit because the original's is; the cosine is computed in 64 bits, so that
  /// every mathematics library gives the same. Swift's `Float.pi` is rounded toward zero, C's to
  /// nearest: one unit up.
  init() {
    let step = Float.pi.nextUp * 2 / Float(MicroWindow.sampleCount)
    coefficients = (0..<MicroWindow.sampleCount).map { index in
      let cosine = Float(cos(Double(step * (Float(index) + 0.5))))
      return Int16(((0.5 - 0.5 * cosine) * 4096 + 0.5).rounded(.down))
    }
  }

  mutating func reset() { filled = 0 }

  /// Takes a hop, and once 480 samples are there writes them windowed.
  ///
  /// - Returns: the largest magnitude written, or nil while the window fills. The magnitude of
  ///   -32768 counts as negative, as it does on 16-bit devices.
  mutating func append(
    _ hop: UnsafeBufferPointer<Int16>, into output: UnsafeMutableBufferPointer<Int16>
  ) -> Int16? {
    samples.withUnsafeMutableBufferPointer { buffer in
      guard let samples = buffer.baseAddress, let hop = hop.baseAddress else { return }
      if filled == MicroWindow.sampleCount {
        filled -= MicroFrontEnd.hopSampleCount
        samples.update(from: samples + MicroFrontEnd.hopSampleCount, count: filled)
      }
      (samples + filled).update(from: hop, count: MicroFrontEnd.hopSampleCount)
    }
    filled += MicroFrontEnd.hopSampleCount
    return filled == MicroWindow.sampleCount ? shape(into: output) : nil
  }

  private func shape(into output: UnsafeMutableBufferPointer<Int16>) -> Int16 {
    var largest: Int16 = 0
    samples.withUnsafeBufferPointer { samples in
      coefficients.withUnsafeBufferPointer { coefficients in
        for index in 0..<MicroWindow.sampleCount {
          // |sample| <= 2^15 and the coefficient <= 2^12: the result fits 16 bits.
          let product = Int32(samples[index]) &* Int32(coefficients[index])
          let value = Int16(truncatingIfNeeded: product >> 12)
          output[index] = value
          largest = max(largest, value < 0 ? 0 &- value : value)
        }
      }
    }
    return largest
  }
}
