import Glibc

/// The features of MLPerf Tiny's streaming wake word: one frame of forty log-mel energies in 0...1
/// for every 512 samples (32 ms) of 16 kHz sound.
///
/// Samples in -1 ..< 1 and pre-emphasis of 0.96875; symmetric Hamming window of 1024, hop 512;
/// power / 1024; 40 HTK mel bands from 0 to 8000 Hz; (10 log10(x) + 52) / 64 cut to 0...1.
///
/// The model takes the last thirty frames at every new frame, quantized by
/// `FeatureQuantization.truncated` with its own input scale and zero point. It has detected where
/// its first output exceeds 115 (0.95), and that counts for a wake word from its start until half a
/// second after its end.
///
/// Source: mlcommons/tiny, `benchmark/training/streaming_wakeword/get_dataset.py`.
public final class StreamingWakeWordLogMel {
  public static let hopSampleCount = 512
  public static let bandCount = 40
  /// How many frames make one model input.
  public static let framesPerInput = 30

  private static let windowSampleCount = 1024
  private static let preEmphasis: Float = 0.96875
  private static let window = AnalysisWindows.hamming(windowSampleCount)
  private static let filterbank = MelFilterbank.htk(
    bands: bandCount, bins: 513, hertz: 0...8000, sampleRateHertz: 16_000)

  private let transform = RealFourierTransform(sampleCount: windowSampleCount, window: window)
  /// The emphasized samples of the last two hops.
  private var samples = [Float](repeating: 0, count: windowSampleCount)
  private var previous: Float = 0
  private var hopCount = 0

  public init() {}

  /// Forgets all sound: the next hop is the first of a new stream.
  public func reset() {
    previous = 0
    hopCount = 0
  }

  /// Processes 512 samples.
  ///
  /// - Returns: forty features, or nil for the first hop, which fills half of the window.
  /// - Complexity: one transform of 1024 samples.
  public func process(hop: UnsafeBufferPointer<Int16>) -> [Float]? {
    let count = StreamingWakeWordLogMel.hopSampleCount
    precondition(hop.count == count, "a hop has 512 samples")
    for index in 0..<count {
      let sample = Float(hop[index]) / 32768
      samples[index] = samples[count + index]
      samples[count + index] = sample - StreamingWakeWordLogMel.preEmphasis * previous
      previous = sample
    }
    hopCount += 1
    guard hopCount > 1 else { return nil }
    let power = samples.withUnsafeBufferPointer { transform.power(of: $0) }
    return StreamingWakeWordLogMel.filterbank.apply(to: power.map { max($0 / 1024, 1e-30) })
      .map { Float(min(max((10 * log10($0) + 52) / 64, 0), 1)) }
  }

  /// All frames of a clip: shape `[max(hops - 1, 0), 40]`, where an incomplete last hop does not
  /// count.
  public static func features(of samples: [Int16]) -> [Float] {
    let frontEnd = StreamingWakeWordLogMel()
    return samples.withUnsafeBufferPointer { samples in
      (0..<samples.count / hopSampleCount).flatMap { index in
        let start = index * hopSampleCount
        let hop = UnsafeBufferPointer(rebasing: samples[start..<start + hopSampleCount])
        return frontEnd.process(hop: hop) ?? []
      }
    }
  }
}
