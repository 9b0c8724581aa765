import DiscreteEvents

/// Everything a simulated streaming device needs to know, in integers: no document, no tensor and
/// no floating-point number reaches the world.
struct WorldConfiguration: Sendable, Equatable {
  /// Hops of audio, or frames, that arrive, the first one at `hopPeriod`.
  var hopCount: Int
  var hopPeriod: SimulationDuration
  /// Hops that fill the front end's first window before the first frame comes out.
  var hopsBeforeFirstFrame: Int
  /// Frames that one inference takes.
  var framesPerInference: Int
  /// Hops that the input buffer holds, the one being processed included.
  var inputBufferHops: Int
  /// Inferences that may wait, the one being computed included.
  var inferenceQueueLength: Int
  var features: TaskConfiguration
  var inference: TaskConfiguration
  var background: [BackgroundConfiguration]
  var power: PowerConfiguration
}

/// A task of the stream: every job takes the same time.
struct TaskConfiguration: Sendable, Equatable {
  var name: String
  /// The more urgent task has the higher number.
  var priority: Int
  var executionTime: SimulationDuration
  /// From the arrival of the hop that released the job.
  var relativeDeadline: SimulationDuration
}

/// Other work on the same processor, released periodically with a random delay.
struct BackgroundConfiguration: Sendable, Equatable {
  var name: String
  var priority: Int
  var period: SimulationDuration
  /// Each release is late by a uniform random delay up to this; below `period`.
  var releaseJitter: SimulationDuration
  /// Uniform.
  var executionTime: ClosedRange<SimulationDuration>
  /// From the release.
  var relativeDeadline: SimulationDuration
}

/// Power of the device in its states, in nanowatts.
struct PowerConfiguration: Sendable, Equatable {
  /// Cores that run jobs at the same time.
  var coreCount: Int
  /// While at least one core computes, and while the device wakes up.
  var activeNanowatts: Int64
  /// The microphone and its converter, all the time.
  var audioInputNanowatts: Int64
  /// Ordered as in the device's document.
  var idleStates: [IdleConfiguration]
}

/// One idle state.
struct IdleConfiguration: Sendable, Equatable {
  var name: String
  var nanowatts: Int64
  /// From the interrupt until the first instruction.
  var wakeLatency: SimulationDuration
  /// The shortest stay that pays.
  var minimumResidency: SimulationDuration
}
