import Glibc
import Testing

@testable import SignalProcessing

@Suite struct AudioFileMutationTests {
  @Test("12,000 mutated WAV files are read or refused, in bounded memory")
  func survivesMutation() {
    let originals = [
      WaveBytes((0..<400).map { Int16($0 * 80 - 16_000) }).bytes,
      WaveBytes((0..<600).map { Int16($0 * 50 - 15_000) }, channels: 2, sampleRate: 22_050).bytes,
      WaveBytes(floats: (0..<300).map { Float($0) / 300 }).bytes,
    ]
    var random = Mutation(state: 7)
    var (readCount, refusedCount, longest) = (0, 0, 0)
    for index in 0..<12_000 {
      let bytes = random.mutated(originals[index % originals.count])
      do throws(SignalFileError) {
        longest = max(longest, try AudioFile.read(bytes: bytes).samples.count)
        readCount += 1
      } catch {
        #expect(!error.found.isEmpty)
        refusedCount += 1
      }
    }
    // Both must happen, or the mutations are too weak or too strong to say anything.
    #expect(readCount > 1_000)
    #expect(refusedCount > 1_000)
    // 400 frames at the lowest rate become 6,400 samples; narrower samples double that, and so on.
    #expect(longest < 100_000)
    var usage = rusage()
    getrusage(RUSAGE_SELF.rawValue, &usage)
    #expect(usage.ru_maxrss < 1_000_000, "resident kilobytes of the whole test process")
  }
}

/// Seeded damage: bits and bytes changed, runs overwritten by extremes, tails cut, parts doubled.
struct Mutation {
  var state: UInt64

  private mutating func below(_ bound: Int) -> Int {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int((state >> 33) % UInt64(bound))
  }

  mutating func mutated(_ original: [UInt8]) -> [UInt8] {
    var bytes = original
    for _ in 0...below(3) where !bytes.isEmpty {
      // Headers decide more than samples: half of the damage hits the first 64 bytes.
      let place = below(below(2) == 0 ? min(64, bytes.count) : bytes.count)
      switch below(6) {
      case 0: bytes[place] ^= 1 << UInt8(below(8))
      case 1: bytes[place] = UInt8(below(256))
      case 2: for index in place..<min(place + 4, bytes.count) { bytes[index] = 0xFF }
      case 3: for index in place..<min(place + 4, bytes.count) { bytes[index] = 0 }
      case 4: bytes.removeSubrange(place...)
      default: bytes.insert(contentsOf: bytes[place..<min(place + 16, bytes.count)], at: place)
      }
    }
    return bytes
  }
}
