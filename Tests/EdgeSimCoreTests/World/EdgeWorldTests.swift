import DiscreteEvents
import Testing

@testable import EdgeSimCore

@Suite struct EdgeWorldTests {
  @Test("An event is at most 8 bytes")
  func eventSize() {
    #expect(MemoryLayout<EdgeEvent>.size <= 8)
  }

  @Test("Without contention every response time is the wake latency plus the work")
  func responseWithoutContention() {
    let record = WorldRecord.of(Self.configuration(), seed: 1)
    let features = record.jobs.tasks[EdgeWorld.featuresTask]
    #expect(features.responses.quantiles(perMille: [1, 1000]) == [.microseconds(1100)] * 2)
    #expect(features.missedCount == 0)
    let inference = record.jobs.tasks[EdgeWorld.inferenceTask]
    #expect(inference.responses.quantiles(perMille: [1, 1000]) == [.microseconds(5100)] * 2)
    #expect(inference.releasedCount == (1000 - 2) / 3)
  }

  @Test("Energy is power times time, part by part, to the attojoule")
  func energy() {
    let record = WorldRecord.of(Self.configuration(), seed: 1)
    let active: Int128 = 50_000_000
    #expect(record.energy.taskAttojoules[0] == active * 1000 * 1_000_000)
    #expect(record.energy.taskAttojoules[1] == active * 332 * 4_000_000)
    #expect(record.energy.awakeAttojoules == active * 1000 * 100_000)
    let busy: Int128 = 1000 * 1_100_000 + 332 * 4_000_000
    let total = Int128(record.duration.nanoseconds)
    #expect(record.energy.idleAttojoules == [0, 1_000_000 * (total - busy)])
    #expect(record.energy.audioInputAttojoules == 300_000 * total)
  }

  @Test("A device that is too slow loses hops and inferences, and says which")
  func overload() {
    var configuration = Self.configuration()
    configuration.inference.executionTime = .milliseconds(40)
    configuration.features.priority = 1
    let record = WorldRecord.of(configuration, seed: 1)
    #expect(!record.jobs.lostHops.isEmpty)
    let features = record.jobs.tasks[EdgeWorld.featuresTask]
    #expect(features.releasedCount == 1000)
    #expect(record.jobs.lostHops.count == features.lostCount)
    #expect(record.jobs.inferences.allSatisfy { $0.finish != nil || !$0.metDeadline })
  }

  @Test("Inferences that find their queue full are lost, those after them go on")
  func lostInferences() {
    var configuration = Self.configuration()
    configuration.inference.executionTime = .milliseconds(40)
    configuration.inferenceQueueLength = 1
    let record = WorldRecord.of(configuration, seed: 1)
    let inference = record.jobs.tasks[EdgeWorld.inferenceTask]
    #expect(record.jobs.lostHops.isEmpty)
    #expect(inference.lostCount == record.jobs.lostInferences.count)
    #expect(inference.releasedCount == 332)
    #expect(inference.responses.count > 100 && inference.lostCount > 100)
  }

  @Test("Two cores let the inference run beside the features")
  func twoCores() {
    var configuration = Self.configuration()
    configuration.inference.executionTime = .milliseconds(25)
    configuration.inference.relativeDeadline = .milliseconds(27)
    #expect(WorldRecord.of(configuration, seed: 1).jobs.tasks[1].lateCount > 0)
    configuration.power.coreCount = 2
    #expect(WorldRecord.of(configuration, seed: 1).jobs.tasks[1].lateCount == 0)
  }

  @Test("The same seed gives the same record, another seed another one")
  func seeds() {
    var configuration = Self.configuration()
    configuration.background = [Self.radio]
    let first = WorldRecord.of(configuration, seed: 1)
    let again = WorldRecord.of(configuration, seed: 1)
    let other = WorldRecord.of(configuration, seed: 2)
    #expect(first.jobs.tasks == again.jobs.tasks && first.energy == again.energy)
    #expect(first.jobs.tasks != other.jobs.tasks)
  }

  static let radio = BackgroundConfiguration(
    name: "radio", priority: 9, period: .milliseconds(100), releaseJitter: .milliseconds(20),
    executionTime: .milliseconds(1)...(.milliseconds(3)), relativeDeadline: .milliseconds(100))

  /// 10 s of audio on one core: 1 ms of features a hop, 4 ms of inference every third.
  static func configuration() -> WorldConfiguration {
    WorldConfiguration(
      hopCount: 1000, hopPeriod: .milliseconds(10), hopsBeforeFirstFrame: 2, framesPerInference: 3,
      inputBufferHops: 4, inferenceQueueLength: 2,
      features: TaskConfiguration(
        name: "features", priority: 3, executionTime: .milliseconds(1),
        relativeDeadline: .milliseconds(10)),
      inference: TaskConfiguration(
        name: "inference", priority: 2, executionTime: .milliseconds(4),
        relativeDeadline: .milliseconds(30)),
      background: [],
      power: PowerConfiguration(
        coreCount: 1, activeNanowatts: 50_000_000, audioInputNanowatts: 300_000,
        idleStates: [
          IdleConfiguration(
            name: "sleep", nanowatts: 9_000_000, wakeLatency: .zero, minimumResidency: .zero),
          IdleConfiguration(
            name: "stop", nanowatts: 1_000_000, wakeLatency: .microseconds(100),
            minimumResidency: .milliseconds(1)),
        ]))
  }
}

extension SimulationDuration {
  static func milliseconds(_ count: Int64) -> SimulationDuration { .init(milliseconds: count) }
  static func microseconds(_ count: Int64) -> SimulationDuration {
    .init(nanoseconds: count * 1000)
  }
}

func * (durations: [SimulationDuration], count: Int) -> [SimulationDuration] {
  (0..<count).flatMap { _ in durations }
}
