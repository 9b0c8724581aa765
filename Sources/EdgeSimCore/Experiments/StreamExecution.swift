import DiscreteEvents

/// Really executes a wake-word model on what of a timeline a device had time for.
enum StreamExecution {
  /// The probability of each inference, by running number; nil for the lost ones.
  ///
  /// O(hops × work of a hop).
  static func probabilities(
    _ model: WakeWordModel, _ timeline: AudioTimeline, losses: StreamLosses, progress: Progress
  ) -> [Float?] {
    var stream = WakeWordStream(model)
    var lostHops = losses.hops[...]
    let lostInferences = Set(losses.inferences)
    let size = WakeWordStream.samplesPerHop
    let hopCount = timeline.hopCount(samplesPerHop: size)
    var probabilities: [Float?] = []
    timeline.samples.withUnsafeBufferPointer { samples in
      for hop in 0..<hopCount {
        if lostHops.first == UInt32(hop) {
          lostHops.removeFirst()
          continue
        }
        let audio = UnsafeBufferPointer(rebasing: samples[hop * size..<(hop + 1) * size])
        switch stream.process(hop: audio, skips: { lostInferences.contains(UInt32($0)) }) {
        case .waiting: break
        case .skipped: probabilities.append(nil)
        case .probability(let probability): probabilities.append(probability)
        }
        if hop % 1000 == 0 { progress.report("inference", done: hop, of: hopCount) }
      }
    }
    return probabilities
  }

  /// Detections on a device: the answers of the executor at the times of the world.
  ///
  /// - Precondition: one probability for each inference that the world computed.
  static func detections(
    _ probabilities: [Float?], _ inferences: [InferenceRecord], settings: DetectorSettings
  ) -> [Detection] {
    precondition(probabilities.count == inferences.count, "world and executor disagree")
    var detector = StreamDetector(settings: settings)
    var detections: [Detection] = []
    for (probability, record) in zip(probabilities, inferences) {
      guard let probability, let finish = record.finish else { continue }
      if detector.detects(probability, at: record.release) {
        detections.append(
          Detection(audioTime: record.release, finish: finish, metDeadline: record.metDeadline))
      }
    }
    return detections
  }
}
