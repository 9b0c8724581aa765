import DiscreteEvents

/// Adds up where the energy of a run went, exactly: nanowatts times nanoseconds are attojoules, in
/// 128-bit integers.
///
/// The parts and the total are integrated apart and must agree to the attojoule.
struct EnergyLedger: Sendable {
  private var tasks: [TimeWeightedSum]
  private var awake = TimeWeightedSum()
  private var idle: [TimeWeightedSum]
  private var audioInput = TimeWeightedSum()
  private var total = TimeWeightedSum()
  private let audioInputNanowatts: Int64
  private var current: (part: EnergyPart, nanowatts: Int64)?

  init(taskCount: Int, idleStateCount: Int, audioInputNanowatts: Int64) {
    tasks = Array(repeating: TimeWeightedSum(), count: taskCount)
    idle = Array(repeating: TimeWeightedSum(), count: idleStateCount)
    self.audioInputNanowatts = audioInputNanowatts
    audioInput.set(audioInputNanowatts, at: .zero)
  }

  /// From `now` on the device draws `nanowatts` for `part`, and nothing for any other part.
  mutating func set(_ part: EnergyPart, nanowatts: Int64, at now: SimulationTime) {
    if let current {
      guard current.part != part || current.nanowatts != nanowatts else { return }
      setSum(of: current.part, to: 0, at: now)
    }
    setSum(of: part, to: nanowatts, at: now)
    total.set(nanowatts + audioInputNanowatts, at: now)
    current = (part, nanowatts)
  }

  private mutating func setSum(of part: EnergyPart, to nanowatts: Int64, at now: SimulationTime) {
    switch part {
    case .task(let index): tasks[index].set(nanowatts, at: now)
    case .awake: awake.set(nanowatts, at: now)
    case .idle(let index): idle[index].set(nanowatts, at: now)
    }
  }

  /// The account at the end of the run.
  ///
  /// - Precondition: the parts sum to the total.
  mutating func close(at end: SimulationTime) -> EnergyAccount {
    let account = EnergyAccount(
      taskAttojoules: tasks.indices.map { tasks[$0].integral(until: end) },
      awakeAttojoules: awake.integral(until: end),
      idleAttojoules: idle.indices.map { idle[$0].integral(until: end) },
      audioInputAttojoules: audioInput.integral(until: end))
    precondition(account.totalAttojoules == total.integral(until: end), "energy got lost")
    return account
  }
}

/// Where the energy of a run went.
struct EnergyAccount: Sendable, Equatable {
  /// By task: features, inference, then background work.
  var taskAttojoules: [Int128]
  var awakeAttojoules: Int128
  /// By idle state, in the order of the device's document.
  var idleAttojoules: [Int128]
  var audioInputAttojoules: Int128

  var totalAttojoules: Int128 {
    taskAttojoules.reduce(0, +) + awakeAttojoules + idleAttojoules.reduce(0, +)
      + audioInputAttojoules
  }
}
