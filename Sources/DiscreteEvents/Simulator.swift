/// A simulated world: state, and what each event does to it.
///
/// A world reads no wall clock and does no input or output; all that happens comes out of the
/// calendar.
public protocol World: ~Copyable {
  /// An enum of ids in the past tense, at most 8 bytes: details live in the world's tables.
  associatedtype Event: BitwiseCopyable & Sendable

  /// Changes the state at `calendar.now` and schedules what follows.
  mutating func handle(_ event: Event, calendar: inout EventCalendar<Event>)
}

/// Runs a world until its calendar is empty.
public enum Simulator {
  /// - Parameters:
  ///   - world: changed in place.
  ///   - calendar: holds the first events.
  ///   - maximumEventCount: a world that schedules without end is a broken promise.
  /// - Returns: number of events handled.
  @inlinable
  @discardableResult
  public static func run<Simulated: World & ~Copyable>(
    _ world: inout Simulated, calendar: inout EventCalendar<Simulated.Event>,
    maximumEventCount: Int = .max
  ) -> Int {
    var handled = 0
    while let event = calendar.next() {
      world.handle(event, calendar: &calendar)
      handled += 1
      precondition(handled <= maximumEventCount, "the simulation does not end")
    }
    return handled
  }
}
