import DiscreteEvents
import Testing
import Training

@testable import EdgeSimCore

@Suite struct FrameMetricsTests {
  /// Frames every 10 ms, answered in 4 ms, or late when the inference takes longer than its 8 ms.
  private func log(inferenceMilliseconds: Int64, frames: Int) -> JobLog {
    var configuration = EdgeWorldTests.configuration()
    configuration.hopCount = frames
    configuration.hopPeriod = .milliseconds(10)
    configuration.hopsBeforeFirstFrame = 0
    configuration.framesPerInference = 1
    configuration.inputBufferHops = 1
    configuration.inferenceQueueLength = 1
    configuration.features.executionTime = .milliseconds(1)
    configuration.inference.executionTime = .milliseconds(inferenceMilliseconds)
    configuration.inference.relativeDeadline = .milliseconds(8)
    configuration.background = []
    return WorldRecord.of(configuration, seed: 1).jobs
  }

  private func metrics(_ worlds: PerBound<JobLog>) -> [Metric] {
    let samples = SampleSet(
      shape: [1], values: [0, 1, 2, 3], labels: [0, 0, 1, 1], classNames: ["dry", "ice"])
    return FrameMetrics(
      samples: samples, order: [0, 1, 2, 3, 3, 2, 1, 0], isRight: [true, false, true, true],
      worlds: worlds
    ).all
  }

  @Test("A right answer on time counts, a late or a lost one is wrong")
  func lateIsWrong() throws {
    let worlds = PerBound(
      low: log(inferenceMilliseconds: 4, frames: 8),
      nominal: log(inferenceMilliseconds: 4, frames: 8),
      high: log(inferenceMilliseconds: 25, frames: 8))
    let all = metrics(worlds)
    func metric(_ name: String) throws -> Metric {
      try #require(all.first { $0.name == name })
    }
    #expect(try metric("accuracy of the network").value == 0.75)
    #expect(try metric("accuracy on time").value == 0.75)
    #expect(try metric("accuracy on time").costRange == 0...0.75)
    #expect(try metric("  recall of dry of the network").value == 0.5)
    #expect(try metric("  recall of ice on time").value == 1)
    #expect(!worlds.high.lostInferences.isEmpty)
  }

  @Test("Every sample is shown once before any is shown again, in an order of the seed")
  func order() {
    let order = FrameExperiment.order(of: 5, frames: 12, seed: 3)
    #expect(order.count == 12)
    #expect(order[..<5].sorted() == [0, 1, 2, 3, 4] && order[5..<10].sorted() == [0, 1, 2, 3, 4])
    #expect(order == FrameExperiment.order(of: 5, frames: 12, seed: 3))
    #expect(order != FrameExperiment.order(of: 5, frames: 12, seed: 4))
  }
}
