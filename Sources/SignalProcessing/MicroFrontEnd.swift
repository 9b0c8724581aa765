import FixedPointSignals

/// The 40-channel audio front end of TensorFlow Lite Micro, as microWakeWord models use it.
///
/// Takes 16 kHz mono audio in hops of 10 ms and gives one frame of forty 16-bit integers per hop
/// once the first 30 ms window is full, that is from the third hop on. Every integer equals the one
/// that the PyPI package `pymicro-features` 2.0.2 computes from the same audio.
///
/// Stages: Hann window, normalization by shifting, 16-bit fixed-point spectrum of 512 points, mel
/// filterbank from 125 to 7500 Hz, square root, noise reduction, per-channel amplitude
/// normalization, logarithm.
///
/// `pymicro_features.MicroFrontend.process_samples(audio)` reads exactly 160 samples of `audio` at
/// every call, however many it is given, reports `samples_read = 160`, and returns no features or
/// forty floats, each an integer times `featureScale` (exact in binary). Fewer than 160 samples are
/// an error there, and a broken precondition here.
///
/// Source: TensorFlow, `tensorflow/lite/experimental/microfrontend`.
public struct MicroFrontEnd: Sendable {
  public static let sampleRateHertz = 16_000
  public static let hopSampleCount = 160
  public static let channelCount = MicroFilterbank.channelCount
  /// Samples that are transformed: those of the window, and zeros.
  static let transformLength = 512
  /// How many hops pass before the one that gives the first frame.
  public static let hopsBeforeFirstFrame = 2
  /// The factor from our integers to the floats of `pymicro-features`: 10 / 256.
  public static let featureScale: Float = 0.0390625

  private var window = MicroWindow()
  private let transform = RealTransform(length: transformLength)
  private let filterbank = MicroFilterbank()
  private var noiseReduction = MicroNoiseReduction()
  private let gainControl = MicroGainControl()
  private let logarithm = MicroLogarithm()
  /// 480 windowed samples and 32 zeros.
  private var windowed = [Int16](repeating: 0, count: transformLength)
  private var bins = [ComplexInt16](
    repeating: ComplexInt16(0, 0), count: transformLength / 2 + 1)
  private var channels = [UInt32](repeating: 0, count: channelCount)

  public init() {}

  /// Forgets all audio: the next hop is the first of a new stream.
  public mutating func reset() {
    window.reset()
    noiseReduction.reset()
  }

  /// Processes one hop of 160 samples and, from the third hop on, writes forty features.
  ///
  /// - Returns: whether a frame was written.
  /// - Complexity: constant, see `operationsPerHop`; allocates nothing.
  public mutating func process(
    hop: UnsafeBufferPointer<Int16>, into features: UnsafeMutableBufferPointer<UInt16>
  ) -> Bool {
    precondition(hop.count == MicroFrontEnd.hopSampleCount, "a hop has 160 samples")
    precondition(features.count == MicroFrontEnd.channelCount, "a frame has 40 features")
    guard let largest = windowed.withUnsafeMutableBufferPointer({ window.append(hop, into: $0) })
    else { return false }
    // Shift the loudest sample up to the sign: the 16-bit transform needs all its bits.
    let shift = largest.leadingZeroBitCount - 1
    for index in windowed.indices { windowed[index] <<= Int16(shift) }
    writeFrame(shift: shift, into: features)
    return true
  }

  /// Processes one hop of 160 samples.
  ///
  /// - Returns: forty features, or nil for the first two hops.
  public mutating func process(hop: UnsafeBufferPointer<Int16>) -> [UInt16]? {
    var features = [UInt16](repeating: 0, count: MicroFrontEnd.channelCount)
    let isFrame = features.withUnsafeMutableBufferPointer { process(hop: hop, into: $0) }
    return isFrame ? features : nil
  }

  /// All frames of a clip, one after another: shape `[max(hops - 2, 0), 40]`, where an incomplete
  /// last hop does not count. Complexity: O(samples).
  public static func features(of samples: [Int16]) -> [UInt16] {
    let hopCount = samples.count / hopSampleCount
    var features = [UInt16](
      repeating: 0, count: max(hopCount - hopsBeforeFirstFrame, 0) * channelCount)
    var frame = [UInt16](repeating: 0, count: channelCount)
    var frontEnd = MicroFrontEnd()
    samples.withUnsafeBufferPointer { samples in
      for index in 0..<hopCount {
        let start = index * hopSampleCount
        let hop = UnsafeBufferPointer(rebasing: samples[start..<start + hopSampleCount])
        let isFrame = frame.withUnsafeMutableBufferPointer { frontEnd.process(hop: hop, into: $0) }
        guard isFrame else { continue }
        let place = (index - hopsBeforeFirstFrame) * channelCount
        features.replaceSubrange(place..<place + channelCount, with: frame)
      }
    }
    return features
  }

  /// Everything behind the window. `shift` is taken back after the square root.
  private mutating func writeFrame(shift: Int, into features: UnsafeMutableBufferPointer<UInt16>) {
    bins.withUnsafeMutableBufferPointer { bins in
      channels.withUnsafeMutableBufferPointer { channels in
        windowed.withUnsafeBufferPointer { samples in
          guard let samples = samples.baseAddress, let bins = bins.baseAddress else { return }
          transform.apply(samples, count: MicroFrontEnd.transformLength, into: bins)
        }
        let bins = UnsafeBufferPointer(bins)
        filterbank.apply(to: bins, shift: shift, into: channels)
        noiseReduction.apply(to: channels)
        gainControl.apply(to: channels, noise: noiseReduction.estimates)
        logarithm.apply(to: UnsafeBufferPointer(channels), into: features)
      }
    }
  }
}
