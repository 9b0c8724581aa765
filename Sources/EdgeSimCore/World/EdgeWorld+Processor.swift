import DiscreteEvents

/// What the processor is doing.
enum ProcessorState: Sendable, Equatable {
  case active
  /// Nil: no idle state fits, it waits at active power.
  case idle(Int?)
  case waking
}

/// Who gets the processor, and what it draws.
extension EdgeWorld {
  /// Gives the cores to the most urgent ready tasks, or puts the device to sleep.
  mutating func dispatch(calendar: inout EventCalendar<EdgeEvent>) {
    let now = calendar.now
    if !tasks.contains(where: \.isReady) {
      if processor == .active { enterIdle(at: now) }
      return
    }
    if case .idle(let state) = processor { wake(from: state, calendar: &calendar) }
    guard processor == .active else { return }
    assignCores(calendar: &calendar)
    announcePower(at: now)
  }

  private mutating func assignCores(calendar: inout EventCalendar<EdgeEvent>) {
    var freeCores = configuration.power.coreCount
    var chosen: [Int] = []
    for task in urgencyOrder where tasks[task].isReady {
      if freeCores > 0 {
        chosen.append(task)
        freeCores -= 1
      } else if tasks[task].isRunning {
        tasks[task].preempt(at: calendar.now)
      }
    }
    for task in chosen where !tasks[task].isRunning {
      let finish = tasks[task].start(at: calendar.now)
      let event = EdgeEvent.jobFinished(generation: tasks[task].generation, task: UInt8(task))
      calendar.schedule(event, at: finish, phase: event.phase)
    }
  }

  private mutating func announcePower(at now: SimulationTime) {
    guard let urgent = urgencyOrder.first(where: { tasks[$0].isRunning }) else { return }
    observers.observe(
      .powerChanged(part: .task(urgent), nanowatts: configuration.power.activeNanowatts), at: now)
  }

  private mutating func enterIdle(at now: SimulationTime) {
    let state = idleState(from: now)
    processor = .idle(state)
    if let state {
      let power = configuration.power.idleStates[state].nanowatts
      observers.observe(.powerChanged(part: .idle(state), nanowatts: power), at: now)
    } else {
      observers.observe(
        .powerChanged(part: .awake, nanowatts: configuration.power.activeNanowatts), at: now)
    }
  }

  /// The state of least power that pays until the next release.
  private func idleState(from now: SimulationTime) -> Int? {
    guard let next = nextReleases.min() else { return nil }
    let states = configuration.power.idleStates
    return states.indices
      .filter { max(states[$0].minimumResidency, states[$0].wakeLatency) <= next - now }
      .min { states[$0].nanowatts < states[$1].nanowatts }
  }

  private mutating func wake(
    from state: Int?, calendar: inout EventCalendar<EdgeEvent>
  ) {
    guard let state, configuration.power.idleStates[state].wakeLatency > .zero else {
      processor = .active
      return
    }
    processor = .waking
    let event = EdgeEvent.wokeUp
    let latency = configuration.power.idleStates[state].wakeLatency
    calendar.schedule(event, at: calendar.now + latency, phase: event.phase)
    observers.observe(
      .powerChanged(part: .awake, nanowatts: configuration.power.activeNanowatts),
      at: calendar.now)
  }
}
