import DiscreteEvents

/// What a run says about right answers: of the network alone, and of the network on the device.
struct AccuracyMetrics {
  /// What the detections were held against.
  struct GroundTruth: Sendable, Equatable {
    /// Who spoke each phrase, in the order of the score's outcomes.
    var phraseOrigins: [ClipOrigin]
    /// Who made the sound at the time of a false accept; nil between clips.
    var negatives: [NegativeSpan]
    /// All audio that holds no phrase, pauses included.
    var negativeSeconds: Double
  }

  /// Audio without a phrase.
  struct NegativeSpan: Sendable, Equatable {
    var start: SimulationTime
    var end: SimulationTime
    var origin: ClipOrigin
  }

  let truth: GroundTruth
  let scores: PerBound<DetectionScore>

  var all: [Metric] {
    let origins = ClipOrigin.allCases.filter(truth.phraseOrigins.contains)
    let recognized = origins.flatMap { origin in
      [
        share(of: origin, named: "recognized", matching: { $0 != .missed }),
        share(of: origin, named: "recognized on time", matching: Self.isOnTime),
      ]
    }
    return recognized + falseAccepts
  }

  private static func isOnTime(_ outcome: PhraseOutcome) -> Bool {
    if case .onTime = outcome { true } else { false }
  }

  private func share(
    of origin: ClipOrigin, named name: String, matching: (PhraseOutcome) -> Bool
  ) -> Metric {
    let indices = truth.phraseOrigins.indices.filter { truth.phraseOrigins[$0] == origin }
    let counts = scores.map { score in indices.count { matching(score.outcomes[$0]) } }
    return Metric(
      "accuracy", "\(origin.phraseName) \(name)", .share,
      counts.map { Double($0) / Double(indices.count) },
      confidence: .ofShare(successes: counts.nominal, trials: indices.count))
  }

  var falseAccepts: [Metric] {
    let all = scores.map(\.falseAccepts.count)
    let origins = ClipOrigin.allCases.filter { truth.negatives.map(\.origin).contains($0) }
    return [rate("false accepts, all audio", counts: all, seconds: truth.negativeSeconds)]
      + origins.map { origin in
        let spans = truth.negatives.filter { $0.origin == origin }
        let seconds = spans.reduce(0) { $0 + ($1.end - $1.start).seconds }
        let counts = scores.map { score in
          score.falseAccepts.count { time in
            spans.contains { $0.start <= time && time < $0.end }
          }
        }
        return rate("false accepts, \(origin.soundName)", counts: counts, seconds: seconds)
      }
  }

  private func rate(_ name: String, counts: PerBound<Int>, seconds: Double) -> Metric {
    guard seconds > 0 else { return Metric("accuracy", name, .perHour, nil) }
    let hours = seconds / 3600
    return Metric(
      "accuracy", name, .perHour, counts.map { Double($0) / hours },
      confidence: .ofRate(count: counts.nominal, hours: hours))
  }
}

extension ClipOrigin {
  var phraseName: String {
    switch self {
    case .human: "human phrases"
    case .synthetic: "synthetic phrases"
    case .unstated: "phrases"
    }
  }

  var soundName: String {
    switch self {
    case .human: "human recordings"
    case .synthetic: "synthetic speech"
    case .unstated: "other recordings"
    }
  }
}
