import DiscreteEvents

/// The facts of one run of a world.
struct WorldRecord: Sendable {
  var jobs: JobLog
  var energy: EnergyAccount
  /// From the start until the last hop has arrived and the last job is done.
  var duration: SimulationDuration
  var eventCount: Int

  /// Runs a world to its end. O(n log m) for n events, m of them pending at once.
  static func of(_ configuration: WorldConfiguration, seed: UInt64) -> WorldRecord {
    var world = EdgeWorld(configuration: configuration, seed: seed)
    var calendar = EventCalendar<EdgeEvent>()
    world.start(calendar: &calendar)
    let eventCount = Simulator.run(&world, calendar: &calendar)
    let end = max(calendar.now, .zero + configuration.hopPeriod * configuration.hopCount)
    let energy = world.observers.energy.close(at: end)
    return WorldRecord(
      jobs: world.observers.jobs, energy: energy, duration: end - .zero, eventCount: eventCount)
  }
}
