import DeviceModels
import DiscreteEvents
import SignalProcessing

/// From real numbers to the world's integers.
extension WorldConfiguration {
  static let hopPeriod = SimulationDuration(milliseconds: 10)
  /// Background work has the priorities of the scenario.
  static let featuresPriority = 3
  static let inferencePriority = 2

  /// - Parameters:
  ///   - profile: of a device that can run the network.
  ///   - bound: where in its intervals the device is taken to be: slow and hungry together.
  init(
    _ scenario: Scenario, hopCount: Int, framesPerInference: Int, profile: ServiceProfile,
    test: DeviceUnderTest, bound: CostBound
  ) {
    guard let hopSeconds = profile.frontEndHopSeconds else {
      preconditionFailure("a device without a front end is not simulated")
    }
    self.init(
      hopCount: hopCount, hopPeriod: Self.hopPeriod,
      hopsBeforeFirstFrame: MicroFrontEnd.hopsBeforeFirstFrame,
      framesPerInference: framesPerInference,
      audioBufferHops: max(
        1, Int(scenario.stream.audioBuffer.nanoseconds / Self.hopPeriod.nanoseconds)),
      inferenceQueueLength: scenario.stream.inferenceQueue,
      features: TaskConfiguration(
        name: "features", priority: Self.featuresPriority,
        executionTime: .init(seconds: hopSeconds[bound]),
        relativeDeadline: scenario.deadlines.features),
      inference: TaskConfiguration(
        name: "inference", priority: Self.inferencePriority,
        executionTime: .init(seconds: profile.inferenceSeconds[bound]),
        relativeDeadline: scenario.deadlines.inference),
      background: scenario.background.map {
        BackgroundConfiguration($0, clockHertz: test.operatingPoint.clockHertz.estimate.nominal)
      },
      power: PowerConfiguration(test, bound: bound))
  }
}

extension BackgroundConfiguration {
  fileprivate init(_ task: Scenario.BackgroundTask, clockHertz: Double) {
    func duration(_ cycles: Int) -> SimulationDuration {
      SimulationDuration(seconds: Double(cycles) / clockHertz)
    }
    self.init(
      name: task.name, priority: task.priority, period: task.period,
      releaseJitter: task.releaseJitter,
      executionTime: duration(task.cycles.lowerBound)...duration(task.cycles.upperBound),
      relativeDeadline: task.deadline)
  }
}

extension PowerConfiguration {
  fileprivate init(_ test: DeviceUnderTest, bound: CostBound) {
    self.init(
      coreCount: test.device.processors.reduce(0) { $0 + $1.coreCount },
      activeNanowatts: .nanowatts(test.operatingPoint.activePower, bound),
      audioInputNanowatts: test.device.audioInputPower.map { .nanowatts($0, bound) } ?? 0,
      idleStates: test.device.idleStates.map { state in
        IdleConfiguration(
          name: state.name, nanowatts: .nanowatts(state.power, bound),
          wakeLatency: .init(seconds: state.wakeLatencySeconds?.estimate[bound] ?? 0),
          minimumResidency: .init(seconds: state.minimumResidencySeconds?.estimate[bound] ?? 0))
      })
  }
}

extension Int64 {
  /// Rounded to the nearest, at most 1 GW.
  fileprivate static func nanowatts(_ figure: Figure, _ bound: CostBound) -> Int64 {
    Int64(Swift.min(1e18, figure.estimate[bound] * 1e9).rounded())
  }
}

extension SimulationDuration {
  /// Rounded up to a nanosecond, at most 30 days: longer than any run.
  init(seconds: Double) {
    self.init(nanoseconds: Int64(min(2.592e15, seconds * 1e9).rounded(.up)))
  }
}
