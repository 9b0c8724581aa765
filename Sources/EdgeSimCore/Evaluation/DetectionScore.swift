import DiscreteEvents

/// A wake phrase in a stream of audio.
struct PhraseInterval: Sendable, Equatable {
  /// The clip it is in: its place on the timeline.
  var clip: Int
  var start: SimulationTime
  var end: SimulationTime
}

/// A detection on a device.
struct Detection: Sendable, Equatable {
  /// When the audio that it looks at was complete.
  var audioTime: SimulationTime
  /// When the device knew.
  var finish: SimulationTime
  /// Whether its inference met its own deadline.
  var metDeadline: Bool
}

/// What became of one wake phrase.
enum PhraseOutcome: Sendable, Equatable {
  case onTime(latency: SimulationDuration)
  /// Recognized, but after a deadline: of no use.
  case late(latency: SimulationDuration)
  case missed
}

/// Detections against labels.
///
/// A detection belongs to the phrase that began last before it, if it comes no later than
/// `tolerance` after that phrase's end; the first one decides, repeats are ignored. All others are
/// false accepts. The latency runs from the end of the phrase until the device knows; it is
/// negative when the model is sure before the speaker has finished.
struct DetectionScore: Sendable, Equatable {
  /// One for each phrase.
  private(set) var outcomes: [PhraseOutcome]
  /// Audio times of detections without a phrase.
  private(set) var falseAccepts: [SimulationTime] = []

  /// O(phrases + detections).
  ///
  /// - Parameters:
  ///   - phrases: by start, without overlap.
  ///   - detections: by time.
  ///   - deadline: the longest useful latency.
  init(
    phrases: [PhraseInterval], detections: [Detection], tolerance: SimulationDuration,
    deadline: SimulationDuration
  ) {
    outcomes = Array(repeating: .missed, count: phrases.count)
    var begun = 0
    for detection in detections {
      while begun < phrases.count, phrases[begun].start <= detection.audioTime { begun += 1 }
      let index = begun - 1
      guard index >= 0, detection.audioTime <= phrases[index].end + tolerance else {
        falseAccepts.append(detection.audioTime)
        continue
      }
      guard outcomes[index] == .missed else { continue }
      let latency = detection.finish - phrases[index].end
      let isOnTime = detection.metDeadline && latency <= deadline
      outcomes[index] = isOnTime ? .onTime(latency: latency) : .late(latency: latency)
    }
  }

  /// Phrases recognized, on time or late: what the network can do.
  var recognizedCount: Int { outcomes.count { $0 != .missed } }

  /// Phrases recognized on time: what the device delivers.
  var onTimeCount: Int {
    outcomes.count { if case .onTime = $0 { true } else { false } }
  }

  /// Of the recognized phrases.
  var latencies: DurationSamples {
    outcomes.reduce(into: DurationSamples()) { samples, outcome in
      switch outcome {
      case .onTime(let latency), .late(let latency): samples.record(latency)
      case .missed: break
      }
    }
  }
}
