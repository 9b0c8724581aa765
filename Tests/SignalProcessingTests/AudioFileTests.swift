import Glibc
import Testing

@testable import SignalProcessing

@Suite struct AudioFileTests {
  private let everyValue = (Int(Int16.min)...Int(Int16.max)).map { Int16($0) }

  @Test("16 kHz mono PCM of 16 bits passes through bit for bit")
  func passesThrough() throws {
    let file = try AudioFile.read(bytes: WaveBytes(everyValue).bytes)
    #expect(file.samples == everyValue)
    #expect(file.sourceSampleRateHertz == 16_000)
    #expect(file.sourceChannelCount == 1)
  }

  @Test("A file gives the same samples as its bytes")
  func readsFiles() throws {
    let path = "/tmp/edgesim-audio-\(getpid()).wav"
    let bytes = WaveBytes(everyValue, sampleRate: 22_050).bytes
    let file = try #require(fopen(path, "wb"))
    #expect(fwrite(bytes, 1, bytes.count, file) == bytes.count)
    fclose(file)
    defer { unlink(path) }
    #expect(try AudioFile.read(path: path) == AudioFile.read(bytes: bytes))
  }

  @Test("Channels are averaged, halves to even")
  func averagesChannels() throws {
    let stereo: [Int16] = [1, 2, 2, 3, -1, 0, 32767, 32767, -32768, -32768, 100, -50]
    let file = try AudioFile.read(bytes: WaveBytes(stereo, channels: 2).bytes)
    #expect(file.samples == [2, 2, 0, 32767, -32768, 25])
  }

  @Test("Floats beyond full scale saturate")
  func saturates() throws {
    let wave = WaveBytes(floats: [0, 0.5, 1, 7, -1, -3e38, 3e38])
    #expect(
      try AudioFile.read(bytes: wave.bytes).samples == [
        0, 16384, 32767, 32767, -32768, -32768, 32767,
      ])
  }

  @Test(
    "A tone keeps its frequency, level and length through resampling",
    arguments: [
      8_000, 11_025, 22_050, 44_100, 48_000, 96_000,
    ])
  func resamples(rate: Int) throws {
    func tone(_ rate: Int) -> [Int16] {
      (0..<rate).map {
        Int16((20_000 * sin(2 * Double.pi * 440 * Double($0) / Double(rate))).rounded())
      }
    }
    let samples = try AudioFile.read(
      bytes: WaveBytes(tone(rate), sampleRate: UInt32(rate)).bytes
    ).samples
    #expect(abs(samples.count - 16_000) <= 2)
    let expected = tone(16_000)
    let worst = (2_000..<14_000).map { abs(Int(samples[$0]) - Int(expected[$0])) }.max()
    #expect(try #require(worst) <= 2)
    let again = try AudioFile.read(
      bytes: WaveBytes(tone(rate), sampleRate: UInt32(rate)).bytes
    ).samples
    #expect(samples == again)
  }

  @Test("A WAV file that claims more than it holds is read to its end")
  func readsUnfinishedRecordings() throws {
    var wave = WaveBytes([1, 2, 3])
    wave.claimedByteCount = .max
    #expect(try AudioFile.read(bytes: wave.bytes).samples == [1, 2, 3])
  }

  @Test("Every kind of wrong file gives a located error")
  func explainsWrongFiles() {
    func problem(_ wave: WaveBytes) -> SignalFileError? { AudioFileTests.error(wave.bytes) }
    var wave = WaveBytes([1, 2, 3])
    #expect(AudioFileTests.error([])?.place == "header")
    #expect(
      AudioFileTests.error(Array("hello, world".utf8))?.expected == SoundDecoder.expectedKinds)

    wave.formatTag = 0x0161  // Windows Media
    #expect(problem(wave)?.place == "header")

    wave = WaveBytes([1, 2, 3], channels: 9)
    wave.data = [UInt8](repeating: 0, count: 180)
    #expect(
      problem(wave)
        == SignalFileError(
          place: "header, channels", found: "9 channels", expected: "1 to 8 channels"))

    wave = WaveBytes([1, 2, 3], sampleRate: 999)
    #expect(
      problem(wave)
        == SignalFileError(
          place: "header, sample rate", found: "999 Hz", expected: "1000 to 384000 Hz"))

    wave = WaveBytes([Int16](repeating: 0, count: 3_600_001), sampleRate: 1_000)
    #expect(
      problem(wave)
        == SignalFileError(
          place: "header, length", found: "3600001 frames", expected: "0 to 3600000 frames"))

    #expect(
      problem(WaveBytes(floats: [0, 1, .nan]))
        == SignalFileError(
          place: "frame 2", found: "the value nan", expected: "finite samples"))
    #expect(problem(WaveBytes(floats: [-.infinity]))?.place == "frame 0")
  }

  @Test("A missing file, a folder, a device and a pipe are refused at once")
  func refusesNoFiles() {
    func problem(_ path: String) -> String? {
      do throws(SignalFileError) {
        _ = try AudioFile.read(path: path)
        return nil
      } catch {
        return error.description
      }
    }
    let pipe = "/tmp/edgesim-pipe-\(getpid())"
    #expect(mkfifo(pipe, 0o600) == 0)
    defer { unlink(pipe) }
    let missing = "file: found No such file or directory, expected a sound file"
    #expect(problem("/nonexistent.wav") == missing)
    for path in ["/", "/dev/zero", pipe] {
      #expect(problem(path) == "file: found no regular file, expected a sound file")
    }
  }

  @Test("An AIFF file is named, not read")
  func namesOtherContainers() {
    var bytes = Array("FORM".utf8) + [0, 0, 0, 46] + Array("AIFFCOMM".utf8) + [0, 0, 0, 18]
    bytes += [0, 1, 0, 0, 0, 0, 0, 16, 0x40, 0x0C, 0xFA, 0, 0, 0, 0, 0, 0, 0]
    bytes += Array("SSND".utf8) + [0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0]
    #expect(
      AudioFileTests.error(bytes)
        == SignalFileError(
          place: "header", found: "AIFF (Apple/SGI)", expected: SoundDecoder.expectedKinds))
  }

  static func error(_ bytes: [UInt8]) -> SignalFileError? {
    do throws(SignalFileError) {
      _ = try AudioFile.read(bytes: bytes)
      return nil
    } catch {
      return error
    }
  }
}
