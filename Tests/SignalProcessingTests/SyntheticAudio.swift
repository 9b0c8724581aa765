/// The test signal of the front ends, in integers: `Oracles/synthetic_audio.py` makes the same.
///
/// Twelve kinds of six seconds at 16 kHz, one after another.
struct SyntheticAudio {
  static let samplesPerKind = 6 * 16_000
  static let kindCount = 12

  /// All 72 seconds.
  static let samples: [Int16] = {
    var audio = SyntheticAudio()
    return (0..<kindCount).flatMap { kind in
      (0..<samplesPerKind).map { Int16(audio.sample(kind: kind, index: $0)) }
    }
  }()

  private var state: UInt64 = 2026

  private mutating func noise() -> Int {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int(state >> 48) - 32768
  }

  /// A parabola per half turn, close to 32767 sin.
  private func wave(_ phase: Int) -> Int {
    let half = phase & 0x7FFF
    let height = min((half * (0x8000 - half)) >> 13, 32767)
    return phase & 0x8000 == 0 ? height : -height
  }

  private func clip(_ value: Int) -> Int { max(-32768, min(32767, value)) }

  private mutating func sample(kind: Int, index: Int) -> Int {
    switch kind {
    case 0: return 0
    case 1: return index % 40 < 20 ? 32767 : -32768
    case 2: return noise()
    case 3: return noise() >> 13
    case 4: return wave(index * index / 6)
    case 5: return clip(wave(index * index / 6) * 5)
    case 6: return index % 800 == 0 ? 32767 : 0
    case 7: return -32768
    case 8: return index & 1 == 1 ? 32767 : -32768
    case 9: return vowel(index)
    case 10: return (index / 8000) & 1 == 1 ? noise() : noise() >> 8
    default: return ((index * 331) & 0xFFFF) - 32768
    }
  }

  /// Harmonics of 110 Hz under a slow envelope, and some noise.
  private mutating func vowel(_ index: Int) -> Int {
    let envelope = abs(wave(index * 4)) >> 3
    var tone = 0
    for order in 1..<12 {
      let part = wave(index * 451 * order)
      // Rounds down, as Python divides.
      tone += part >= 0 ? part / order : -((-part + order - 1) / order)
    }
    return clip(((tone * envelope) >> 12) + (noise() >> 9))
  }
}
