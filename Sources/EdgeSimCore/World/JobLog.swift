import DiscreteEvents

/// What became of every job of a run.
struct JobLog: Sendable {
  private(set) var tasks: [TaskLog]
  /// Hops that found the input buffer full.
  private(set) var lostHops: [UInt32] = []
  /// One for each inference that was released, in order.
  private(set) var inferences: [InferenceRecord] = []

  init(taskCount: Int) { tasks = Array(repeating: TaskLog(), count: taskCount) }

  mutating func recordFinish(of job: Job, task: Int, at now: SimulationTime, metDeadline: Bool) {
    tasks[task].responses.record(now - job.release)
    if !metDeadline { tasks[task].lateCount += 1 }
    if task == EdgeWorld.inferenceTask {
      inferences[Int(job.index)].finish = now
      inferences[Int(job.index)].metDeadline = metDeadline
    }
  }

  mutating func recordLoss(of index: UInt32, task: Int) {
    tasks[task].lostCount += 1
    if task == EdgeWorld.featuresTask { lostHops.append(index) }
  }

  mutating func recordRelease(ofInferenceAt hopArrival: SimulationTime) {
    inferences.append(InferenceRecord(release: hopArrival))
  }

  /// The running numbers of the inferences that were never computed.
  var lostInferences: [UInt32] {
    inferences.indices.filter { inferences[$0].finish == nil }.map(UInt32.init)
  }
}

/// The jobs of one task in numbers.
struct TaskLog: Sendable, Equatable {
  /// From release to finish, of the jobs that finished.
  var responses = DurationSamples()
  /// Jobs that finished after their deadline.
  var lateCount = 0
  /// Jobs for which there was no room.
  var lostCount = 0

  var releasedCount: Int { responses.count + lostCount }
  /// A lost answer is as wrong as a late one.
  var missedCount: Int { lateCount + lostCount }
}

/// One inference of the stream.
struct InferenceRecord: Sendable, Equatable {
  /// When the last hop that it looks at had arrived.
  var release: SimulationTime
  /// Nil when it was lost.
  var finish: SimulationTime?
  var metDeadline = false
}
