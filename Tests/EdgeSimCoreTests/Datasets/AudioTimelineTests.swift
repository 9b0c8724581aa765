import DiscreteEvents
import Testing

@testable import EdgeSimCore

@Suite struct AudioTimelineTests {
  private static let clips: [[Int16]] = (1...20).map { value in
    Array(repeating: Int16(value * 100), count: 100 + value)
  }

  @Test("Every clip is there once, whole, with a pause of the stated length before it")
  func placements() {
    let timeline = AudioTimeline(
      clips: Self.clips, gap: .milliseconds(10)...(.milliseconds(20)), noiseAmplitude: 0, seed: 3)
    #expect(timeline.placements.map(\.clip).sorted() == Array(Self.clips.indices))
    var end = 0
    for placement in timeline.placements {
      #expect(Array(timeline.samples[placement.samples]) == Self.clips[placement.clip])
      #expect((160...320).contains(placement.samples.lowerBound - end))
      #expect(timeline.samples[end..<placement.samples.lowerBound].allSatisfy { $0 == 0 })
      end = placement.samples.upperBound
    }
  }

  @Test("Noise stays within its amplitude and lies under the clips too")
  func noise() {
    let quiet = AudioTimeline(
      clips: Self.clips, gap: .zero...(.milliseconds(5)), noiseAmplitude: 0, seed: 3)
    let noisy = AudioTimeline(
      clips: Self.clips, gap: .zero...(.milliseconds(5)), noiseAmplitude: 4, seed: 3)
    #expect(quiet.placements == noisy.placements)
    let differences = zip(quiet.samples, noisy.samples).map { Int($1) - Int($0) }
    #expect(Set(differences) == Set(-4...4))
  }

  @Test("The seed decides the order")
  func seeds() {
    let timelines = [1, 1, 2].map { seed in
      AudioTimeline(
        clips: Self.clips, gap: .zero...(.milliseconds(5)), noiseAmplitude: 1, seed: seed)
    }
    #expect(timelines[0] == timelines[1] && timelines[0] != timelines[2])
  }

  @Test("A sample has been heard at the end of its interval")
  func sampleTimes() {
    #expect(AudioTimeline.time(ofSample: 159) == .zero + .milliseconds(10))
  }
}
