import DiscreteEvents

/// What the world announces. Observers listen and cannot write back.
enum Observation: Sendable {
  case jobFinished(task: Int, job: Job, metDeadline: Bool)
  /// There was no room for the job.
  case jobLost(task: Int, index: UInt32)
  case powerChanged(part: EnergyPart, nanowatts: Int64)
}

/// Where a device's energy goes. The audio input's share is on top of these, all the time.
enum EnergyPart: Hashable, Sendable {
  /// Computing; with several cores at work, for the most urgent of the running tasks.
  case task(Int)
  /// Awake without computing: leaving an idle state, or waiting where none pays.
  case awake
  /// The state's place in the device's document.
  case idle(Int)
}

/// The observers of one run.
struct Observers: Sendable {
  var energy: EnergyLedger
  var jobs: JobLog

  mutating func observe(_ observation: Observation, at now: SimulationTime) {
    switch observation {
    case .jobFinished(let task, let job, let metDeadline):
      jobs.recordFinish(of: job, task: task, at: now, metDeadline: metDeadline)
    case .jobLost(let task, let index):
      jobs.recordLoss(of: index, task: task)
    case .powerChanged(let part, let nanowatts):
      energy.set(part, nanowatts: nanowatts, at: now)
    }
  }
}
