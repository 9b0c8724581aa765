import DiscreteEvents

/// What the devices of a scenario hear: a timeline and what is true of it.
struct StreamAudio: Sendable {
  let timeline: AudioTimeline
  let clips: [LabeledClip]
  /// Wake phrases, by time.
  let phrases: [PhraseInterval]
  let truth: AccuracyMetrics.GroundTruth

  init(
    _ audio: Scenario.AudioSelection, seed: UInt64, jobs: Int, _ progress: Progress
  ) throws(InputError) {
    let path = audio.manifestPath
    let clips = try LabeledDataset.read(path: path)
    try clips.requireLabel(audio.wakeWord, file: path)
    let samples = try ClipReader.samples(of: clips, jobs: jobs, progress: progress)
    try Self.checkLabels(clips, samples, file: path)
    self.clips = clips
    timeline = AudioTimeline(
      clips: samples, gap: audio.gap, noiseAmplitude: audio.noiseAmplitude, seed: seed)
    let wakeWord = audio.wakeWord
    phrases = timeline.placements.filter { clips[$0.clip].label == wakeWord }.map {
      PhraseInterval($0, clips[$0.clip])
    }
    truth = Self.truth(timeline, clips, phrases, wakeWord: wakeWord)
  }

  private static func checkLabels(
    _ clips: [LabeledClip], _ samples: [[Int16]], file: String
  ) throws(InputError) {
    for (clip, samples) in zip(clips, samples) {
      let seconds = Double(samples.count) / Double(AudioTimeline.sampleRateHertz)
      guard !samples.isEmpty, (clip.startSeconds ?? 0) <= seconds else {
        throw InputError(
          InputProblem(
            file: clip.path, found: "\(seconds) s of audio",
            expected: "a phrase that begins inside it (\(file))"))
      }
    }
  }

  /// A false accept belongs to the clip it falls into or follows.
  private static func truth(
    _ timeline: AudioTimeline, _ clips: [LabeledClip], _ phrases: [PhraseInterval],
    wakeWord: String
  ) -> AccuracyMetrics.GroundTruth {
    let placements = timeline.placements
    let starts = placements.map(\.samples.lowerBound) + [timeline.samples.count]
    var negatives: [AccuracyMetrics.NegativeSpan] = []
    var positiveSamples = 0
    for (index, placement) in placements.enumerated() {
      let clip = clips[placement.clip]
      if clip.label == wakeWord {
        positiveSamples += placement.samples.count
      } else {
        negatives.append(
          AccuracyMetrics.NegativeSpan(
            start: AudioTimeline.time(ofSample: starts[index]),
            end: AudioTimeline.time(ofSample: starts[index + 1]), origin: clip.origin))
      }
    }
    return AccuracyMetrics.GroundTruth(
      phraseOrigins: phrases.map { clips[$0.clip].origin }, negatives: negatives,
      negativeSeconds: Double(timeline.samples.count - positiveSamples)
        / Double(AudioTimeline.sampleRateHertz))
  }

  var facts: [(name: String, text: String)] {
    let seconds = Double(timeline.samples.count) / Double(AudioTimeline.sampleRateHertz)
    let parts = ClipOrigin.allCases.flatMap { origin in
      [
        count(of: origin, "\(origin.phraseName)") { clip in phrases.contains { $0.clip == clip } },
        count(of: origin, "\(origin.soundName) without it") { clip in
          !phrases.contains { $0.clip == clip }
        },
      ]
    }.compactMap { $0 }
    return [
      ("audio", NumberFormat.text(seconds, .seconds)), ("clips", parts.joined(separator: ", ")),
    ]
  }

  private func count(
    of origin: ClipOrigin, _ name: String, _ isCounted: (Int) -> Bool
  ) -> String? {
    let count = clips.indices.count { clips[$0].origin == origin && isCounted($0) }
    return count == 0 ? nil : "\(count) \(name)"
  }
}

extension PhraseInterval {
  /// Where the labeled phrase of a clip lies on the timeline; it ends with the clip at the latest.
  fileprivate init(_ placement: AudioTimeline.Placement, _ clip: LabeledClip) {
    func sample(_ seconds: Double?) -> Int? {
      seconds.map { placement.samples.lowerBound + Int($0 * 16_000) }
    }
    let last = placement.samples.upperBound - 1
    let end = min(sample(clip.endSeconds) ?? last, last)
    self.init(
      clip: placement.clip,
      start: AudioTimeline.time(
        ofSample: min(sample(clip.startSeconds) ?? placement.samples.lowerBound, end)),
      end: AudioTimeline.time(ofSample: end))
  }
}
