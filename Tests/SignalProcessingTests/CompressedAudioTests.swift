import CSndFile
import Glibc
import Testing

@testable import SignalProcessing

@Suite struct CompressedAudioTests {
  private static let vowel = Array(SyntheticAudio.samples[9 * 96_000..<9 * 96_000 + 16_000])

  @Test("A FLAC file gives its samples bit for bit")
  func readsFlac() throws {
    let bytes = try Self.encoded(Self.vowel, format: SF_FORMAT_FLAC, coding: SF_FORMAT_PCM_16)
    #expect(try AudioFile.read(bytes: bytes).samples == Self.vowel)
  }

  @Test("An Ogg Vorbis file keeps the length and resembles its samples")
  func readsOgg() throws {
    let bytes = try Self.encoded(Self.vowel, format: SF_FORMAT_OGG, coding: SF_FORMAT_VORBIS)
    let samples = try AudioFile.read(bytes: bytes).samples
    #expect(samples.count == Self.vowel.count)
    let energy = Self.vowel.map { Double($0) * Double($0) }.reduce(0, +)
    let error = zip(samples, Self.vowel).map { Double(Int($0) - Int($1)) }
    #expect(error.map { $0 * $0 }.reduce(0, +) < 0.1 * energy)
  }

  @Test("A FLAC file that ends early is refused with the frame where it ends")
  func refusesTruncatedFlac() throws {
    let bytes = try Self.encoded(Self.vowel, format: SF_FORMAT_FLAC, coding: SF_FORMAT_PCM_16)
    let error = try #require(AudioFileTests.error(Array(bytes.prefix(bytes.count / 2))))
    #expect(error.place.hasPrefix("frame "))
    #expect(error.found.hasPrefix("the end of the file"))
    #expect(error.expected == "16000 frames, as the header says")
  }

  @Test("2,000 mutated FLAC and Ogg files are read or refused")
  func survivesMutation() throws {
    let part = Array(Self.vowel.prefix(2_000))
    let originals = [
      try Self.encoded(part, format: SF_FORMAT_FLAC, coding: SF_FORMAT_PCM_16),
      try Self.encoded(part, format: SF_FORMAT_OGG, coding: SF_FORMAT_VORBIS),
    ]
    var random = Mutation(state: 11)
    var refusedCount = 0
    for index in 0..<2_000 {
      let error = AudioFileTests.error(random.mutated(originals[index % 2]))
      refusedCount += error == nil ? 0 : 1
    }
    #expect((200..<1_990).contains(refusedCount))
  }

  /// A file that libsndfile itself writes.
  private static func encoded(
    _ samples: [Int16], format: some BinaryInteger, coding: some BinaryInteger
  ) throws -> [UInt8] {
    let path = "/tmp/edgesim-encoded-\(getpid())-\(format)-\(samples.count)"
    defer { unlink(path) }
    var information = SF_INFO()
    information.samplerate = 16_000
    information.channels = 1
    information.format = CInt(format) | CInt(coding)
    let writer = try #require(sf_open(path, CInt(SFM_WRITE), &information))
    #expect(Int(sf_write_short(writer, samples, sf_count_t(samples.count))) == samples.count)
    sf_close(writer)
    return Goldens.bytes(of: path)
  }
}
