import DiscreteEvents
import Testing

@testable import EdgeSimCore

@Suite struct DetectionScoreTests {
  @Test("The first detection of a phrase decides, repeats do not count")
  func repeats() {
    let score = Self.score([Self.detection(1500, after: 5), Self.detection(1900, after: 5)])
    #expect(score.outcomes == [.onTime(latency: .milliseconds(-495)), .missed])
    #expect(score.falseAccepts.isEmpty)
  }

  @Test("A detection after the deadline is late, and so is one whose inference was late")
  func late() {
    let slow = Self.score([Self.detection(2100, after: 401)])
    #expect(slow.outcomes[0] == .late(latency: .milliseconds(501)))
    #expect(slow.onTimeCount == 0 && slow.recognizedCount == 1)
    let lateInference = Self.score([Self.detection(2100, after: 5, metDeadline: false)])
    #expect(lateInference.outcomes[0] == .late(latency: .milliseconds(105)))
  }

  @Test("A detection before any phrase or long after one is a false accept")
  func falseAccepts() {
    let score = Self.score([
      Self.detection(500, after: 5), Self.detection(3001, after: 5), Self.detection(6000, after: 5),
    ])
    #expect(score.falseAccepts == [Self.time(500), Self.time(3001)])
    #expect(score.outcomes == [.missed, .onTime(latency: .milliseconds(5))])
  }

  @Test("The detector wants a full window above its cutoff and then falls silent")
  func detector() {
    var detector = StreamDetector(
      settings: DetectorSettings(
        probabilityCutoff: 0.5, slidingWindowSize: 3, refractoryPeriod: .milliseconds(100)))
    let probabilities: [Float] = [1, 1, 0, 1, 1, 1, 1, 1, 1, 1, 0, 0.5, 1]
    let fired = probabilities.enumerated().filter { index, probability in
      detector.detects(probability, at: Self.time(Int64(index) * 30))
    }.map(\.offset)
    #expect(fired == [2, 6, 10])
  }

  @Test("A mean equal to the cutoff is no detection")
  func cutoffIsExclusive() {
    var detector = StreamDetector(
      settings: DetectorSettings(
        probabilityCutoff: 0.5, slidingWindowSize: 2, refractoryPeriod: .zero))
    let fired = [0.5, 0.5, 0.75].map { detector.detects($0, at: .zero) }
    #expect(fired == [false, false, true])
  }

  private static func score(_ detections: [Detection]) -> DetectionScore {
    DetectionScore(
      phrases: [
        PhraseInterval(clip: 0, start: time(1000), end: time(2000)),
        PhraseInterval(clip: 1, start: time(5000), end: time(6000)),
      ], detections: detections, tolerance: .milliseconds(1000), deadline: .milliseconds(500))
  }

  private static func detection(
    _ milliseconds: Int64, after delay: Int64, metDeadline: Bool = true
  ) -> Detection {
    Detection(
      audioTime: time(milliseconds), finish: time(milliseconds + delay), metDeadline: metDeadline)
  }

  private static func time(_ milliseconds: Int64) -> SimulationTime {
    .zero + .milliseconds(milliseconds)
  }
}
