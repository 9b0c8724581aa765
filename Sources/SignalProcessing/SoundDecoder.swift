import CSndFile
import Glibc

/// Decodes a sound file to mono floats, block by block, through libsndfile.
final class SoundDecoder {
  let sampleRateHertz: Int
  let channelCount: Int

  private static let framesPerBlock = 4096

  private let source: SoundSource
  private let handle: OpaquePointer
  private let claimedFrameCount: Int
  private var readFrameCount = 0
  private var interleaved: [Float]
  private var mono = [Float](repeating: 0, count: framesPerBlock)

  init(_ source: SoundSource) throws(SignalFileError) {
    var information = SF_INFO()
    guard let handle = source.open(&information) else {
      throw SignalFileError(
        place: "header", found: SoundDecoder.reason(nil), expected: SoundDecoder.expectedKinds)
    }
    do throws(SignalFileError) {
      try SoundDecoder.check(information)
    } catch {
      // Closing may still read from the source.
      withExtendedLifetime(source) { _ = sf_close(handle) }
      throw error
    }
    self.source = source
    self.handle = handle
    sampleRateHertz = Int(information.samplerate)
    channelCount = Int(information.channels)
    claimedFrameCount = Int(information.frames)
    interleaved = [Float](repeating: 0, count: SoundDecoder.framesPerBlock * channelCount)
  }

  deinit { sf_close(handle) }

  /// Gives `body` the next block as mono, at most 4096 samples.
  ///
  /// - Returns: false at the end of the file, where `body` is not called.
  /// - Throws: `SignalFileError` when the file holds another number of frames than its header
  ///   says, or a value that is not finite.
  func nextBlock(
    _ body: (UnsafeBufferPointer<Float>) throws(SignalFileError) -> Void
  ) throws(SignalFileError) -> Bool {
    let frames = sf_count_t(SoundDecoder.framesPerBlock)
    let count = max(Int(sf_readf_float(handle, &interleaved, frames)), 0)
    readFrameCount += count
    guard readFrameCount <= claimedFrameCount, count > 0 || readFrameCount == claimedFrameCount
    else {
      let reason = sf_error(handle) == 0 ? "" : " (\(SoundDecoder.reason(handle)))"
      throw SignalFileError(
        place: "frame \(readFrameCount)",
        found: count > 0 ? "more frames" : "the end of the file\(reason)",
        expected: "\(claimedFrameCount) frames, as the header says")
    }
    guard count > 0 else { return false }
    try mixDown(frameCount: count)
    let block = mono[..<count]
    try block.withUnsafeBufferPointer(body)
    return true
  }

  /// The mean of the channels, exact for 16-bit samples of one, two, four or eight channels.
  private func mixDown(frameCount: Int) throws(SignalFileError) {
    for frame in 0..<frameCount {
      var sum: Float = 0
      for channel in 0..<channelCount { sum += interleaved[frame * channelCount + channel] }
      guard sum.isFinite else {
        throw SignalFileError(
          place: "frame \(readFrameCount - frameCount + frame)", found: "the value \(sum)",
          expected: "finite samples")
      }
      mono[frame] = sum / Float(channelCount)
    }
  }
}
