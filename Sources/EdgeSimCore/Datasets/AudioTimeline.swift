import DiscreteEvents
import ReproducibleMath

/// One long recording made of clips in random order with pauses between them, as a microphone
/// would hear them: the input of a streaming scenario.
///
/// 16 kHz, mono, 16 bits; 2 bytes a sample.
struct AudioTimeline: Sendable, Equatable {
  static let sampleRateHertz = 16_000

  /// Where a clip lies.
  struct Placement: Sendable, Equatable {
    /// Index into the clips that the timeline was made of.
    var clip: Int
    var samples: Range<Int>
  }

  private(set) var samples: [Int16] = []
  /// By time.
  private(set) var placements: [Placement] = []

  /// O(samples).
  ///
  /// - Parameters:
  ///   - clips: samples of each clip.
  ///   - gap: uniform random pause before each clip and after the last.
  ///   - noiseAmplitude: ambient noise, uniform in ±amplitude, in steps of the 16-bit sample; it
  ///     lies under the clips too.
  ///   - seed: order, pauses and noise come from streams of their own.
  init(
    clips: [[Int16]], gap: ClosedRange<SimulationDuration>, noiseAmplitude: Int, seed: UInt64
  ) {
    var order = Array(clips.indices)
    var orderStream = RandomStream(seed: seed, name: "timeline/order")
    orderStream.shuffle(&order)
    var gapStream = RandomStream(seed: seed, name: "timeline/gaps")
    for clip in order {
      appendPause(gapStream.uniform(in: gap))
      placements.append(
        Placement(clip: clip, samples: samples.count..<samples.count + clips[clip].count))
      samples += clips[clip]
    }
    appendPause(gapStream.uniform(in: gap))
    addNoise(amplitude: noiseAmplitude, seed: seed)
  }

  private mutating func appendPause(_ duration: SimulationDuration) {
    let count = Int(Self.sampleIndex(of: duration))
    samples.append(contentsOf: repeatElement(0, count: count))
  }

  private mutating func addNoise(amplitude: Int, seed: UInt64) {
    guard amplitude > 0 else { return }
    var stream = RandomStream(seed: seed, name: "timeline/noise")
    let width = Int64(2 * amplitude + 1)
    for index in samples.indices {
      let noise = Int(stream.uniform(below: width)) - amplitude
      samples[index] = Int16(clamping: Int(samples[index]) + noise)
    }
  }

  /// Whole hops of audio in the timeline.
  func hopCount(samplesPerHop: Int) -> Int { samples.count / samplesPerHop }

  /// When the sample at `index` has been heard: the end of its sampling interval.
  static func time(ofSample index: Int) -> SimulationTime {
    .zero + SimulationDuration(nanoseconds: Int64(index + 1) * 1_000_000_000 / 16_000)
  }

  private static func sampleIndex(of duration: SimulationDuration) -> Int64 {
    duration.nanoseconds * 16_000 / 1_000_000_000
  }
}
