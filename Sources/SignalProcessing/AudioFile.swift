/// Sound as the front ends take it: mono, 16 kHz, 16 bits.
///
/// Reads WAV, FLAC and Ogg (Vorbis, Opus) through libsndfile. Several channels are averaged, other
/// rates are resampled with libsamplerate's best sinc filter, and samples are rounded to nearest
/// (halves to even) and saturated. A 16 kHz mono PCM file of 16 bits passes through bit for bit.
/// The same bytes always give the same samples.
///
/// A file is untrusted. It is decoded in blocks and only the samples that were really there are
/// kept, so that memory is bounded by the limits below (an hour takes 115 MB) whatever a header
/// says. A WAV file that ends before its header says so (as recorders leave them) is read to its
/// end; a compressed file that does is refused.
public struct AudioFile: Sendable, Equatable {
  public static let sampleRateHertz = 16_000
  public static let longestDurationSeconds = 3_600
  public static let channelCounts = 1...8
  /// Below 1 kHz no speech is left, and the resampler ends at a factor of 256.
  public static let sampleRatesHertz = 1_000...384_000

  /// Mono samples at 16 kHz.
  public let samples: [Int16]
  /// The rate that the file itself has.
  public let sourceSampleRateHertz: Int
  /// The number of channels that the file itself has.
  public let sourceChannelCount: Int

  /// Reads a regular file. Complexity: O(samples), for other rates times the filter's length.
  ///
  /// - Throws: `SignalFileError` when the file cannot be opened, is no sound file of the kinds
  ///   above, lies outside the limits, holds another number of frames than its header says, or a
  ///   value that is not finite.
  public static func read(path: String) throws(SignalFileError) -> AudioFile {
    try AudioFile(SoundDecoder(SoundSource(path: path)))
  }

  /// Reads a sound file that is in memory; otherwise as `read(path:)`.
  public static func read(bytes: [UInt8]) throws(SignalFileError) -> AudioFile {
    try AudioFile(SoundDecoder(SoundSource(bytes: bytes)))
  }

  /// Only the samples of `read(path:)`.
  public static func readMono16kHz(path: String) throws(SignalFileError) -> [Int16] {
    try read(path: path).samples
  }

  private init(_ decoder: SoundDecoder) throws(SignalFileError) {
    var samples: [Int16] = []
    if decoder.sampleRateHertz == AudioFile.sampleRateHertz {
      while try decoder.nextBlock({ AudioFile.append($0, to: &samples) }) {}
    } else {
      let converter = SampleRateConverter(
        from: decoder.sampleRateHertz, to: AudioFile.sampleRateHertz)
      let append = { (block: UnsafeBufferPointer<Float>) in AudioFile.append(block, to: &samples) }
      while try decoder.nextBlock({ converter.convert($0, append) }) {}
      converter.finish(append)
    }
    self.samples = samples
    sourceSampleRateHertz = decoder.sampleRateHertz
    sourceChannelCount = decoder.channelCount
  }

  /// Turns -1 ..< 1 into 16 bits. The factor is exact: 16-bit samples come back unchanged.
  private static func append(_ block: UnsafeBufferPointer<Float>, to samples: inout [Int16]) {
    for value in block {
      let rounded = (value * 32768).rounded(.toNearestOrEven)
      samples.append(Int16(min(max(rounded, -32768), 32767)))
    }
  }
}
