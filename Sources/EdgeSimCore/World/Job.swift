import DiscreteEvents

/// One piece of work of a task.
struct Job: Sendable, Equatable {
  /// The hop for features; the running number for inferences and background work.
  var index: UInt32
  /// When the hop arrived, or the background work was released.
  var release: SimulationTime
  var executionTime: SimulationDuration
}

/// A task at run time: its waiting jobs, the first of which runs.
struct TaskState: Sendable {
  let priority: Int
  let relativeDeadline: SimulationDuration
  /// Jobs it may hold; what arrives when it is full is lost.
  let capacity: Int
  private(set) var jobs: [Job] = []
  /// What is left of the first job, as of `runningSince` when it runs.
  private var remaining = SimulationDuration.zero
  private(set) var runningSince: SimulationTime?
  private(set) var generation: UInt32 = 0

  init(priority: Int, relativeDeadline: SimulationDuration, capacity: Int) {
    self.priority = priority
    self.relativeDeadline = relativeDeadline
    self.capacity = capacity
  }

  var isReady: Bool { !jobs.isEmpty }
  var isRunning: Bool { runningSince != nil }

  /// Adds a job at the end of the queue; false when the queue is full.
  mutating func release(_ job: Job) -> Bool {
    guard jobs.count < capacity else { return false }
    jobs.append(job)
    if jobs.count == 1 { remaining = job.executionTime }
    return true
  }

  /// Starts or resumes the first job and tells when it will finish if nothing preempts it.
  mutating func start(at now: SimulationTime) -> SimulationTime {
    precondition(isReady && !isRunning)
    runningSince = now
    generation &+= 1
    return now + remaining
  }

  /// Takes the processor away from the first job.
  mutating func preempt(at now: SimulationTime) {
    guard let since = runningSince else { preconditionFailure("only a running task is preempted") }
    remaining = remaining - (now - since)
    runningSince = nil
    generation &+= 1
  }

  /// Removes the first job, which has run to its end.
  mutating func finish() -> Job {
    precondition(isRunning)
    runningSince = nil
    let job = jobs.removeFirst()
    if let next = jobs.first { remaining = next.executionTime }
    return job
  }
}
