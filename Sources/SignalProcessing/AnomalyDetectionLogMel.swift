import Glibc

/// The features of MLPerf Tiny's anomaly detection: frames of 128 log-mel energies in decibels, as
/// librosa's `melspectrogram` with power 2 gives them at 16 kHz.
///
/// Samples in -1 ..< 1, mirrored by 512 at both ends; periodic Hann window of 1024, hop 512; power;
/// 128 Slaney mel bands from 0 to 8000 Hz; 10 log10(x + 2.22e-16).
///
/// Source: mlcommons/tiny, `benchmark/training/anomaly_detection/common.py`.
public enum AnomalyDetectionLogMel {
  public static let bandCount = 128
  public static let hopSampleCount = 512
  /// The middle of a ten-second clip, which alone the benchmark scores.
  public static let scoredFrames = 50..<250
  /// How many successive frames make one model input.
  public static let framesPerInput = 5

  private static let windowSampleCount = 1024
  private static let window = AnalysisWindows.hann(windowSampleCount)
  private static let filterbank = MelFilterbank.slaney(
    bands: bandCount, bins: 513, sampleRateHertz: 16_000)

  /// All frames of a clip: shape `[1 + samples / 512, 128]`, or empty where the clip has fewer than
  /// the 513 samples that mirroring takes.
  public static func features(of samples: [Int16]) -> [Float] {
    let margin = windowSampleCount / 2
    guard samples.count > margin else { return [] }
    let mirrored =
      samples[1...margin].reversed() + samples
      + samples[(samples.count - 1 - margin)..<(samples.count - 1)].reversed()
    let signal = mirrored.map { Float($0) / 32768 }
    let transform = RealFourierTransform(sampleCount: windowSampleCount, window: window)
    return signal.withUnsafeBufferPointer { signal in
      (0...samples.count / hopSampleCount).flatMap { index in
        let start = index * hopSampleCount
        let frame = UnsafeBufferPointer(rebasing: signal[start..<start + windowSampleCount])
        return filterbank.apply(to: transform.power(of: frame))
          .map { Float(10 * log10($0 + Double.ulpOfOne)) }
      }
    }
  }
}
