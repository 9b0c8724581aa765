import Testing

@testable import NeuralNetworks

@Suite struct MutationTests {
  /// SplitMix64.
  private struct Generator: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
      mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
      return mixed ^ (mixed >> 31)
    }
  }

  private static let hostile = [
    0, 1, -1, 0x7FFF_FFFF, -0x8000_0000, 0xFFFF, 0x8000, 4, -4, 0x4000_0000,
  ]

  private func mutate(_ bytes: inout [UInt8], _ random: inout Generator) {
    for _ in 0..<Int.random(in: 1...4, using: &random) {
      guard bytes.count > 16 else { return }
      let place = Int.random(in: 0..<bytes.count - 8, using: &random)
      switch Int.random(in: 0..<8, using: &random) {
      case 0: bytes.removeLast(bytes.count - max(place, 8))
      case 1:
        let other = Int.random(in: 0..<bytes.count - 8, using: &random)
        bytes.replaceSubrange(place..<place + 8, with: Array(bytes[other..<other + 8]))
      case 2, 3, 4:
        let value = Self.hostile[Int.random(in: Self.hostile.indices, using: &random)]
        bytes.replaceSubrange(place..<place + 4, with: FlatValue.littleEndian(value, 4))
      default: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
      }
    }
  }

  /// - Returns: how many mutants were still valid, and how many were refused.
  private func survive(_ file: [UInt8], seed: UInt64) throws -> (valid: Int, refused: Int) {
    var random = Generator(state: seed)
    var (valid, refused) = (0, 0)
    for _ in 0..<10_000 {
      var mutant = file
      mutate(&mutant, &random)
      do throws(ModelError) {
        let network = try TFLiteReader.read(ModelBytes(mutant), name: "mutant")
        try network.validate()
        _ = network.workload()
        valid += 1
      } catch { refused += 1 }
    }
    return (valid, refused)
  }

  @Test("Ten thousand mutants of a small model are read or refused")
  func small() throws {
    let result = try survive(SmallModel().file(), seed: 1)
    #expect(result.valid > 0 && result.refused > 1000)
    print("small", result)
  }

  @Test(
    "Ten thousand mutants of a wake-word model are read or refused",
    .enabled(if: RealModels.hasWakeWords, "needs data/models"))
  func wakeWord() throws {
    let file = try ModelBytes(mapping: RealModels.wakeWords[1]).withBytes { Array($0) }
    let result = try survive(file, seed: 2)
    #expect(result.valid > 0 && result.refused > 100)
    print("wake word", result)
  }

  @Test(
    "Ten thousand mutants of a keyword model are read or refused",
    .enabled(if: RealModels.hasTiny, "needs ../shared/data/mlperf_tiny"))
  func keyword() throws {
    let file = try ModelBytes(mapping: RealModels.mlperf[3]).withBytes { Array($0) }
    let result = try survive(file, seed: 3)
    #expect(result.valid > 0 && result.refused > 100)
    print("keyword", result)
  }
}
