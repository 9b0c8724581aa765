import FixedPointSignals
import Testing

@testable import SignalProcessing

@Suite struct MicroFrontEndTests {
  @Test("All 287,920 features of 72 s of synthetic audio equal those of pymicro-features")
  func matchesOriginalOnSyntheticAudio() {
    let features = MicroFrontEnd.features(of: SyntheticAudio.samples)
    #expect(features.count == (7200 - 2) * 40)
    // Second s holds the frames of hops 100 s ..< 100 s + 100; the first two hops have none.
    let hashes = (0..<72).map { second in
      let first = max(second * 100 - 2, 0) * 40
      return Goldens.hash(of: features[first..<(second * 100 + 98) * 40])
    }
    let expected = Goldens.lines("micro_front_end.txt").map { UInt64($0, radix: 16) }
    #expect(hashes == expected)
  }

  @Test(
    "All features of 360 recordings equal those of pymicro-features",
    .enabled(if: Goldens.hasSpeechCommands, "needs ../shared/data/speech_commands"))
  func matchesOriginalOnSpeech() throws {
    var lines: [String] = []
    for line in Goldens.lines("micro_front_end_speech_commands.txt") {
      let label = line.prefix { $0 != " " }
      let waves = Goldens.waves(in: Goldens.sharedData + "speech_commands/" + label)
      let features = try waves.flatMap {
        MicroFrontEnd.features(of: try AudioFile.readMono16kHz(path: $0))
      }
      let hash = String(Goldens.hash(of: features), radix: 16)
      let padding = String(repeating: "0", count: 16 - hash.count)
      lines.append("\(label) \(waves.count) \(padding)\(hash)")
    }
    #expect(lines.count == 12)
    #expect(lines == Goldens.lines("micro_front_end_speech_commands.txt"))
  }

  @Test("The first frame comes with the third hop, and then one with every hop")
  func fillsWindowFirst() {
    var frontEnd = MicroFrontEnd()
    let hop = [Int16](repeating: 1000, count: 160)
    let counts = (0..<5).map { _ in
      hop.withUnsafeBufferPointer { frontEnd.process(hop: $0)?.count ?? 0 }
    }
    #expect(counts == [0, 0, 40, 40, 40])
    #expect(MicroFrontEnd.features(of: [Int16](repeating: 0, count: 479)).isEmpty)
    #expect(MicroFrontEnd.features(of: [Int16](repeating: 0, count: 480)).count == 40)
  }

  @Test("After a reset a stream gives the same frames as a new front end")
  func resets() {
    let clip = Array(SyntheticAudio.samples[9 * 96_000..<9 * 96_000 + 16_000])
    var frontEnd = MicroFrontEnd()
    func frames() -> [UInt16] {
      clip.withUnsafeBufferPointer { clip in
        (0..<100).flatMap { index in
          let hop = UnsafeBufferPointer(rebasing: clip[index * 160..<index * 160 + 160])
          return frontEnd.process(hop: hop) ?? []
        }
      }
    }
    let first = frames()
    let continued = frames()
    frontEnd.reset()
    let second = frames()
    #expect(first == MicroFrontEnd.features(of: clip))
    #expect(second == first)
    #expect(continued != first)
  }

  @Test("A copy of a front end is a stream of its own")
  func copiesAreIndependent() {
    var frontEnd = MicroFrontEnd()
    let loud = [Int16](repeating: 20_000, count: 160)
    let quiet = [Int16](repeating: 3, count: 160)
    for _ in 0..<3 { _ = loud.withUnsafeBufferPointer { frontEnd.process(hop: $0) } }
    var copy = frontEnd
    _ = quiet.withUnsafeBufferPointer { copy.process(hop: $0) }
    let continued = loud.withUnsafeBufferPointer { frontEnd.process(hop: $0) }
    var fresh = MicroFrontEnd()
    for _ in 0..<3 { _ = loud.withUnsafeBufferPointer { fresh.process(hop: $0) } }
    #expect(continued == loud.withUnsafeBufferPointer { fresh.process(hop: $0) })
  }

  @Test("Integer roots are exact around every power of two and perfect square")
  func rootsAreExact() {
    for exponent in 0..<46 {
      for root in [1 << (exponent / 2), (1 << (exponent / 2)) + 1 << (exponent % 2)] {
        let square = UInt64(root) * UInt64(root)
        // (r + 1/2)^2 = r^2 + r + 1/4: r^2 + r still rounds down, r^2 + r + 1 up.
        #expect(IntegerRoot.rounded(square) == UInt32(root))
        #expect(IntegerRoot.rounded(square + UInt64(root)) == UInt32(root))
        #expect(IntegerRoot.rounded(square + UInt64(root) + 1) == UInt32(root) + 1)
      }
    }
    #expect(IntegerRoot.rounded(0) == 0)
    #expect(IntegerRoot.rounded(0xFFFF_FFFF) == 0xFFFF)
    #expect(IntegerRoot.rounded(1 << 32) == 0x10000)
    #expect(IntegerRoot.rounded(.max) == .max)
  }

  @Test("The operations of a hop are the sum of its stages, with a textbook transform")
  func countsOperations() {
    let total = MicroFrontEnd.operationsPerHop
    let stages = MicroFrontEnd.operationsByStage
    #expect(total.total == stages.map(\.count.total).reduce(0, +))
    // 4 stages of 64 butterflies with 20 products each, 128 separations with 8, and 2.
    #expect(stages[1].count.multiplications == 256 * 20 + 128 * 8 + 2)
    #expect(MicroFrontEnd.butterfliesPerHop == 256)
    #expect(total.multiplications == 7_258)
    #expect(total.longMultiplications == 672)
  }
}
