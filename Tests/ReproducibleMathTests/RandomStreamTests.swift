import Testing

@testable import ReproducibleMath

@Suite struct RandomStreamTests {
  @Test("The generator equals the published xoshiro256** for a known state")
  func matchesReference() {
    // Reference values: the authors' C code seeded by SplitMix64 from state 0 gives these seeds.
    var mixer = SplitMix64(state: 0)
    #expect(mixer.next() == 0xe220_a839_7b1d_cdaf)
    #expect(mixer.next() == 0x6e78_9e6a_a1b9_65f4)
  }

  @Test("The same seed and name give the same numbers, another name or seed gives others")
  func namesSeparateStreams() {
    func first(_ seed: UInt64, _ name: String) -> [UInt64] {
      var stream = RandomStream(seed: seed, name: name)
      return (0..<8).map { _ in stream.next() }
    }
    #expect(first(1, "gaps") == first(1, "gaps"))
    #expect(first(1, "gaps") != first(1, "noise"))
    #expect(first(1, "gaps") != first(2, "gaps"))
  }

  @Test("Bounded numbers are even over their range")
  func uniformIsEven() {
    var stream = RandomStream(seed: 3, name: "even")
    var counts = [Int](repeating: 0, count: 7)
    for _ in 0..<70_000 { counts[Int(stream.uniform(below: 7))] += 1 }
    // Chi-squared with 6 degrees of freedom: 22.5 is the 99.9 % point.
    let chiSquared = counts.reduce(0.0) { $0 + Double(($1 - 10_000) * ($1 - 10_000)) / 10_000 }
    #expect(chiSquared < 22.5)
  }

  @Test("A shuffle keeps the elements and is the same for the same stream")
  func shuffleKeepsElements() {
    var first = Array(0..<100)
    var second = first
    var stream = RandomStream(seed: 5, name: "order")
    var twin = stream
    stream.shuffle(&first)
    twin.shuffle(&second)
    #expect(first == second)
    #expect(first != Array(0..<100))
    #expect(first.sorted() == Array(0..<100))
  }
}
