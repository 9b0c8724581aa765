import DiscreteEvents

/// Where work comes from.
extension EdgeWorld {
  /// Schedules the first release of every source.
  mutating func start(calendar: inout EventCalendar<EdgeEvent>) {
    scheduleHop(0, calendar: &calendar)
    for index in configuration.background.indices {
      scheduleBackground(index, calendar: &calendar)
    }
    dispatch(calendar: &calendar)
  }

  mutating func receive(hop: UInt32, calendar: inout EventCalendar<EdgeEvent>) {
    let job = Job(
      index: hop, release: calendar.now, executionTime: configuration.features.executionTime)
    release(job, task: EdgeWorld.featuresTask, at: calendar.now)
    scheduleHop(Int(hop) + 1, calendar: &calendar)
  }

  private mutating func scheduleHop(_ hop: Int, calendar: inout EventCalendar<EdgeEvent>) {
    nextReleases[0] = SimulationTime.zero + configuration.hopPeriod * (hop + 1)
    guard hop < configuration.hopCount else { return }
    let event = EdgeEvent.hopArrived(UInt32(hop))
    calendar.schedule(event, at: nextReleases[0], phase: event.phase)
  }

  mutating func releaseBackground(_ task: Int, calendar: inout EventCalendar<EdgeEvent>) {
    let index = task - EdgeWorld.firstBackgroundTask
    let range = configuration.background[index].executionTime
    let job = Job(
      index: backgroundCounts[index] - 1, release: calendar.now,
      executionTime: backgroundStreams[index].uniform(in: range))
    release(job, task: task, at: calendar.now)
    scheduleBackground(index, calendar: &calendar)
  }

  /// Background work goes on as long as audio arrives.
  private mutating func scheduleBackground(
    _ index: Int, calendar: inout EventCalendar<EdgeEvent>
  ) {
    let source = configuration.background[index]
    let delay = backgroundStreams[index].uniform(in: SimulationDuration.zero...source.releaseJitter)
    let time = SimulationTime.zero + source.period * (Int(backgroundCounts[index]) + 1) + delay
    nextReleases[1 + index] = time
    backgroundCounts[index] += 1
    guard time <= SimulationTime.zero + configuration.hopPeriod * configuration.hopCount else {
      return
    }
    let event = EdgeEvent.backgroundReleased(task: UInt8(EdgeWorld.firstBackgroundTask + index))
    calendar.schedule(event, at: time, phase: event.phase)
  }

  mutating func release(_ job: Job, task: Int, at now: SimulationTime) {
    if !tasks[task].release(job) {
      observers.observe(.jobLost(task: task, index: job.index), at: now)
    }
  }

  /// The first job of the task has run to its end.
  mutating func finishJob(of task: Int, at now: SimulationTime) {
    let job = tasks[task].finish()
    let metDeadline = now - job.release <= tasks[task].relativeDeadline
    observers.observe(.jobFinished(task: task, job: job, metDeadline: metDeadline), at: now)
    if task == EdgeWorld.featuresTask { processedHop(arrivedAt: job.release, now: now) }
  }

  /// Counts a processed hop and releases the inference that it completes, if it does.
  private mutating func processedHop(arrivedAt release: SimulationTime, now: SimulationTime) {
    processedHopCount += 1
    let frames = processedHopCount - configuration.hopsBeforeFirstFrame
    guard frames > 0, frames % configuration.framesPerInference == 0 else { return }
    let index = UInt32(frames / configuration.framesPerInference - 1)
    observers.jobs.recordRelease(ofInferenceAt: release)
    let job = Job(
      index: index, release: release, executionTime: configuration.inference.executionTime)
    self.release(job, task: EdgeWorld.inferenceTask, at: now)
  }
}
