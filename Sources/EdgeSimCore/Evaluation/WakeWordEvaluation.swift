import DiscreteEvents
import ReproducibleMath
import SignalProcessing

/// A wake-word model on single clips: each is heard from a fresh start, followed by a second of
/// silence.
struct WakeWordEvaluation {
  let model: WakeWordModel
  let settings: DetectorSettings
  let wakeWord: String

  /// How often a clip was detected.
  func detectionCount(in samples: [Int16]) -> Int {
    let heard = samples + [Int16](repeating: 0, count: AudioTimeline.sampleRateHertz)
    var stream = WakeWordStream(model)
    var detector = StreamDetector(settings: settings)
    let hopCount = heard.count / WakeWordStream.samplesPerHop
    return heard.withUnsafeBufferPointer { samples in
      (0..<hopCount).count { hop in
        let start = hop * WakeWordStream.samplesPerHop
        let end = start + WakeWordStream.samplesPerHop
        let step = stream.process(hop: UnsafeBufferPointer(rebasing: samples[start..<end]))
        guard case .probability(let probability) = step else { return false }
        return detector.detects(probability, at: AudioTimeline.time(ofSample: end - 1))
      }
    }
  }

  func metrics(of clips: [LabeledClip], _ samples: [[Int16]], jobs: Int) -> [Metric] {
    let counts = samples.parallelMap(jobs: jobs) { detectionCount(in: $0) }
    return ClipOrigin.allCases.flatMap { origin -> [Metric] in
      let own = clips.indices.filter { clips[$0].origin == origin }
      let positives = own.filter { clips[$0].label == wakeWord }
      let negatives = own.filter { clips[$0].label != wakeWord }
      return recall(origin, positives.map { counts[$0] })
        + falseAccepts(origin, negatives.map { (counts[$0], samples[$0].count) })
    }
  }

  private func recall(_ origin: ClipOrigin, _ counts: [Int]) -> [Metric] {
    guard !counts.isEmpty else { return [] }
    let recognized = counts.count { $0 > 0 }
    return [
      Metric("accuracy", "\(origin.phraseName)", .count, Double(counts.count)),
      Metric(
        "accuracy", "\(origin.phraseName) recognized", .share,
        Double(recognized) / Double(counts.count),
        confidence: .ofShare(successes: recognized, trials: counts.count)),
    ]
  }

  private func falseAccepts(
    _ origin: ClipOrigin, _ clips: [(detections: Int, samples: Int)]
  ) -> [Metric] {
    guard !clips.isEmpty else { return [] }
    let seconds =
      Double(clips.reduce(0) { $0 + $1.samples }) / Double(AudioTimeline.sampleRateHertz)
    let count = clips.reduce(0) { $0 + $1.detections }
    return [
      Metric("accuracy", "\(origin.soundName)", .seconds, seconds),
      Metric(
        "accuracy", "false accepts, \(origin.soundName)", .perHour,
        seconds > 0 ? Double(count) / (seconds / 3600) : nil,
        confidence: seconds > 0 ? .ofRate(count: count, hours: seconds / 3600) : nil),
    ]
  }
}
