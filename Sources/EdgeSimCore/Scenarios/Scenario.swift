import DeviceModels
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
  var source: Source
  var stream: StreamSettings
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

  /// What the device watches, and how its answers are judged.
  enum Source: Sendable, Equatable {
    /// A microphone, and a detector of phrases behind the network.
    case audio(Listening)
    /// A camera or another sensor, whose frames the network classifies one by one.
    case frames(FrameSelection)
  }

  struct Listening: Sendable, Equatable {
    var audio: AudioSelection
    var detector: DetectorOverrides
    /// From the end of a phrase to its detection.
    var detectionDeadline: SimulationDuration
  }

  /// What the sensor sees: samples in an order that the seed decides, over and over.
  struct FrameSelection: Sendable, Equatable {
    var data: DataSource
    var period: SimulationDuration
    var count: Int
    /// Cycles that turn a frame into the network's input.
    var preprocessing: Figure
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

  /// Buffers between the sensor and the network.
  struct StreamSettings: Sendable, Equatable {
    /// Hops of audio or frames, the one being processed included.
    var inputBuffer: SimulationDuration
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
    var accuracyOnTime: Double?
    var averagePowerWatts: Double?
  }
}

extension Scenario.Source {
  /// Whether the device listens.
  var hears: Bool { if case .audio = self { true } else { false } }

  /// What the task before the network is called.
  var featuresName: String { hears ? "features" : "pre-processing" }

  func audioInput(of device: Device) -> WorldMetrics.AudioInput {
    guard hears else { return .none }
    return device.audioInputPower == nil ? .unknown : .known
  }
}
