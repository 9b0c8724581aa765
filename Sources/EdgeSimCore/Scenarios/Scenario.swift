import DiscreteEvents

/// What is simulated: units converted, paths resolved. Names of devices are looked up next.
public struct Scenario: Sendable, Equatable {
  /// Whole numbers that every JSON reader keeps exact.
  static let seeds = 0...(1 << 53) - 1

  public var name: String
  public var description: String
  public var seed: UInt64
  public var devices: [DeviceSelection]
  public var modelPath: String
  var audio: AudioSelection
  var stream: StreamSettings
  var detector: DetectorOverrides
  var deadlines: Deadlines
  var background: [BackgroundTask]
  var budgets: Budgets

  /// A device by name or path, and which of its runtimes and operating points to use; nil for its
  /// first.
  public struct DeviceSelection: Sendable, Equatable {
    public var device: String
    public var runtime: String?
    public var operatingPoint: String?
    /// Where the document picks it; nil when the command line does.
    public var position: TextPosition?

    public init(
      device: String, runtime: String? = nil, operatingPoint: String? = nil,
      position: TextPosition? = nil
    ) {
      self.device = device
      self.runtime = runtime
      self.operatingPoint = operatingPoint
      self.position = position
    }
  }

  /// What the microphone hears.
  struct AudioSelection: Sendable, Equatable {
    /// A CSV manifest or a folder of folders.
    var manifestPath: String
    /// The label of the positives.
    var wakeWord: String
    var gap: ClosedRange<SimulationDuration>
    var noiseAmplitude: Int
    var matchTolerance: SimulationDuration
  }

  /// Buffers between the microphone and the network.
  struct StreamSettings: Sendable, Equatable {
    var audioBuffer: SimulationDuration
    var inferenceQueue: Int
  }

  /// What the scenario says of the detector; the rest comes from the file beside the model.
  struct DetectorOverrides: Sendable, Equatable {
    var probabilityCutoff: Double?
    var slidingWindow: Int?
    var refractoryPeriod: SimulationDuration
  }

  struct Deadlines: Sendable, Equatable {
    var features: SimulationDuration
    var inference: SimulationDuration
    var detection: SimulationDuration
  }

  /// Other periodic work, in cycles of the device's clock.
  struct BackgroundTask: Sendable, Equatable {
    var name: String
    var priority: Int
    var period: SimulationDuration
    var releaseJitter: SimulationDuration
    var cycles: ClosedRange<Int>
    var deadline: SimulationDuration
  }

  /// Limits that a run may not violate; nil for none.
  struct Budgets: Sendable, Equatable {
    var arenaBytes: Int?
    var flashBytes: Int?
    var deadlineMissRatio: Double?
    var falseAcceptsPerHour: Double?
    var recallOnTime: Double?
    var averagePowerWatts: Double?
  }
}
