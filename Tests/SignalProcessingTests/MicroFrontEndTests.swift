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
}
