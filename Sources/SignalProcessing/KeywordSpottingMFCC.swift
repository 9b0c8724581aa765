import Glibc

/// The features of MLPerf Tiny's keyword spotting: 49 frames of ten mel-frequency cepstral
/// coefficients over one second of 16 kHz sound.
///
/// Samples are divided by the largest; periodic Hann window of 480, hop 320, FFT of 512, magnitude;
/// 40 HTK mel bands from 20 to 4000 Hz; ln(x + 1e-6); orthonormal DCT-II but for the first
/// coefficient, which is sqrt(2) larger; the first ten.
///
/// Source: mlcommons/tiny, `benchmark/training/keyword_spotting/get_dataset.py`.
public enum KeywordSpottingMFCC {
  public static let frameCount = 49
  public static let coefficientCount = 10
  public static let clipSampleCount = 16_000
  /// The classes in the order of the model's outputs.
  public static let labels = [
    "down", "go", "left", "no", "off", "on", "right", "stop", "up", "yes", "silence", "unknown",
  ]

  private static let windowSampleCount = 480
  private static let hopSampleCount = 320
  private static let bandCount = 40
  private static let window = AnalysisWindows.hann(windowSampleCount)
  private static let filterbank = MelFilterbank.htk(
    bands: bandCount, bins: 257, hertz: 20...4000, sampleRateHertz: 16_000)

  /// Row c: 2 cos(pi c (b + 1/2) / 40) / sqrt(80) for every band b.
  private static let cosines = (0..<coefficientCount).map { coefficient in
    (0..<bandCount).map { band in
      2 * cos(Double.pi * Double(coefficient) * (Double(band) + 0.5) / 40) / 80.0.squareRoot()
    }
  }

  /// Features of shape `[49, 10]`, row by row. Complexity: 49 transforms of 512 samples.
  ///
  /// A shorter clip is padded with zeros; of a longer one the first second counts, divided by the
  /// largest sample of all. Silence (a largest sample of zero) stays zero, where the original
  /// divides by zero.
  public static func features(of samples: [Int16]) -> [Float] {
    let largest = Float(samples.max() ?? 0)
    let divisor = largest == 0 ? 1 : largest
    var signal = samples.prefix(clipSampleCount).map { Float($0) / divisor }
    signal += [Float](repeating: 0, count: clipSampleCount - signal.count)
    let transform = RealFourierTransform(sampleCount: 512, window: window)
    return signal.withUnsafeBufferPointer { signal in
      (0..<frameCount).flatMap { index in
        let start = index * hopSampleCount
        let frame = UnsafeBufferPointer(rebasing: signal[start..<start + windowSampleCount])
        return coefficients(of: transform.power(of: frame))
      }
    }
  }

  /// Features as the int8 model takes them: x / 0.5847029 + 83, cut off toward zero.
  ///
  /// The rare values above 127 (three of 360 recordings have some) wrap by default, because they do
  /// in the benchmark's official inputs.
  public static func quantized(
    _ features: [Float], overflow: FeatureQuantization.Overflow = .wrap
  ) -> [Int8] {
    FeatureQuantization.truncated(features, scale: 0.5847029, zeroPoint: 83, overflow: overflow)
  }

  private static func coefficients(of power: [Float]) -> [Float] {
    let logarithms = filterbank.apply(to: power.map { $0.squareRoot() }).map { log($0 + 1e-6) }
    return cosines.map { row in
      Float(zip(row, logarithms).reduce(0) { $0 + $1.0 * $1.1 })
    }
  }
}
