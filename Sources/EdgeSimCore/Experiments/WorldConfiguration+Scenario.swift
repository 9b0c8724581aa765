import DeviceModels
import DiscreteEvents
import SignalProcessing

/// From real numbers to the world's integers.
extension WorldConfiguration {
  /// What arrives from the sensor.
  enum Input {
    /// Hops of the micro front end.
    case audio(hopCount: Int, framesPerInference: Int)
    /// Frames, each of which releases an inference.
    case frames(count: Int, period: SimulationDuration)
  }

  private static let audioHopPeriod = SimulationDuration(milliseconds: 10)
  /// Background work has the priorities of the scenario.
  static let featuresPriority = 3
  static let inferencePriority = 2

  /// - Parameters:
  ///   - profile: of a device that can run the network.
  ///   - bound: where in its intervals the device is taken to be: slow and hungry together.
  init(
    _ scenario: Scenario, input: Input, profile: ServiceProfile, test: DeviceUnderTest,
    bound: CostBound
  ) {
    guard let hopSeconds = profile.frontEndHopSeconds else {
      preconditionFailure("a device without a front end is not simulated")
    }
    let (hopCount, period, hopsBeforeFirstFrame, framesPerInference) =
      switch input {
      case .audio(let count, let frames):
        (count, Self.audioHopPeriod, MicroFrontEnd.hopsBeforeFirstFrame, frames)
      case .frames(let count, let period): (count, period, 0, 1)
      }
    self.init(
      hopCount: hopCount, hopPeriod: period, hopsBeforeFirstFrame: hopsBeforeFirstFrame,
      framesPerInference: framesPerInference,
      inputBufferHops: max(
        1, Int(scenario.stream.inputBuffer.nanoseconds / period.nanoseconds)),
      inferenceQueueLength: scenario.stream.inferenceQueue,
      features: TaskConfiguration(
        name: scenario.source.featuresName, priority: Self.featuresPriority,
        executionTime: .init(seconds: hopSeconds[bound]),
        relativeDeadline: scenario.deadlines.features),
      inference: TaskConfiguration(
        name: "inference", priority: Self.inferencePriority,
        executionTime: .init(seconds: profile.inferenceSeconds[bound]),
        relativeDeadline: scenario.deadlines.inference),
      background: scenario.background.map {
        BackgroundConfiguration($0, clockHertz: test.operatingPoint.clockHertz.estimate.nominal)
      },
      power: PowerConfiguration(test, hears: scenario.source.hears, bound: bound))
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
  fileprivate init(_ test: DeviceUnderTest, hears: Bool, bound: CostBound) {
    self.init(
      coreCount: test.device.processors.reduce(0) { $0 + $1.coreCount },
      activeNanowatts: .nanowatts(test.operatingPoint.activePower, bound),
      audioInputNanowatts: hears
        ? test.device.audioInputPower.map { .nanowatts($0, bound) } ?? 0 : 0,
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
