import DiscreteEvents
import ReproducibleMath

/// A device that listens: hops of audio arrive, a front end turns each into a frame of features,
/// and every few frames release one inference; other work competes for the processor.
///
/// **Model card.** Scheduling is preemptive by fixed priority over `coreCount` equal cores; equal
/// priorities run in the order of the task table; a task is one thread, so its jobs run one after
/// another. Context switches and cache effects of a preemption cost nothing. The device draws one
/// active power however many cores compute. When nothing is ready it enters the idle state of
/// least power whose residency and wake latency fit the time until the next release, which the
/// timer knows; waking costs the latency at active power. Buffers are finite: what finds them full
/// is lost and recorded.
/// Source for the policy: Liu and Layland 1973; the idle choice is that of Linux's `menu` governor
/// with a perfect prediction.
struct EdgeWorld: World, ~Copyable {
  static let featuresTask = 0
  static let inferenceTask = 1
  static let firstBackgroundTask = 2

  let configuration: WorldConfiguration
  var tasks: [TaskState]
  /// Tasks from the most to the least urgent.
  let urgencyOrder: [Int]
  var backgroundStreams: [RandomStream]
  /// When each periodic source releases next: the hops, then the background tasks.
  var nextReleases: [SimulationTime]
  var backgroundCounts: [UInt32]
  var processor = ProcessorState.active
  var processedHopCount = 0
  var observers: Observers

  init(configuration: WorldConfiguration, seed: UInt64) {
    precondition(configuration.power.coreCount > 0 && configuration.framesPerInference > 0)
    self.configuration = configuration
    let states = EdgeWorld.taskStates(of: configuration)
    tasks = states
    urgencyOrder = states.indices.sorted {
      states[$0].priority == states[$1].priority
        ? $0 < $1 : states[$0].priority > states[$1].priority
    }
    backgroundStreams = configuration.background.map {
      RandomStream(seed: seed, name: "background/\($0.name)")
    }
    nextReleases = Array(repeating: .zero, count: 1 + configuration.background.count)
    backgroundCounts = Array(repeating: 0, count: configuration.background.count)
    observers = Observers(
      energy: EnergyLedger(
        taskCount: states.count, idleStateCount: configuration.power.idleStates.count,
        audioInputNanowatts: configuration.power.audioInputNanowatts),
      jobs: JobLog(taskCount: states.count))
  }

  private static func taskStates(of configuration: WorldConfiguration) -> [TaskState] {
    let stream = [
      (configuration.features, configuration.inputBufferHops),
      (configuration.inference, configuration.inferenceQueueLength),
    ].map { task, capacity in
      TaskState(
        priority: task.priority, relativeDeadline: task.relativeDeadline, capacity: capacity)
    }
    return stream
      + configuration.background.map {
        TaskState(priority: $0.priority, relativeDeadline: $0.relativeDeadline, capacity: 1)
      }
  }

  mutating func handle(_ event: EdgeEvent, calendar: inout EventCalendar<EdgeEvent>) {
    switch event {
    case .hopArrived(let hop): receive(hop: hop, calendar: &calendar)
    case .backgroundReleased(let task): releaseBackground(Int(task), calendar: &calendar)
    case .jobFinished(let generation, let task):
      guard tasks[Int(task)].generation == generation else { return }
      finishJob(of: Int(task), at: calendar.now)
    case .wokeUp: processor = .active
    }
    dispatch(calendar: &calendar)
  }
}
