import ReproducibleMath
import Testing

@testable import DiscreteEvents

/// A single server with a first-come first-served queue and constant service: its mean waiting
/// time is known exactly (Pollaczek and Khinchine), so it tests calendar, clock and streams.
private struct SingleServer: World {
  enum Event: BitwiseCopyable { case customerArrived, serviceFinished }

  let service: SimulationDuration
  var arrivalsLeft: Int
  var stream = RandomStream(seed: 11, name: "arrivals")
  var waiting: [SimulationTime] = []
  var head = 0
  var isBusy = false
  var waits = DurationSamples()

  mutating func handle(_ event: Event, calendar: inout EventCalendar<Event>) {
    switch event {
    case .customerArrived:
      waiting.append(calendar.now)
      if arrivalsLeft > 0 {
        arrivalsLeft -= 1
        calendar.schedule(.customerArrived, at: calendar.now + gap())
      }
      if !isBusy { startService(calendar: &calendar) }
    case .serviceFinished:
      isBusy = false
      if head < waiting.count { startService(calendar: &calendar) }
    }
  }

  /// Geometric gaps in steps of 1 us: the discrete twin of exponential ones, from integers only.
  private mutating func gap() -> SimulationDuration {
    var steps: Int64 = 1
    while stream.uniform(below: 1000) != 0 { steps += 1 }
    return SimulationDuration(nanoseconds: steps * 1000)
  }

  private mutating func startService(calendar: inout EventCalendar<Event>) {
    isBusy = true
    waits.record(calendar.now - waiting[head])
    head += 1
    calendar.schedule(.serviceFinished, at: calendar.now + service)
  }
}

@Suite struct QueueingTheoryTests {
  @Test("The mean wait of a single server with constant service is that of queueing theory")
  func meanWaitMatchesTheory() throws {
    // Arrivals at 1 per ms, service 0.5 ms: rho = 0.5, mean wait = rho * S / (2 (1 - rho)).
    var world = SingleServer(
      service: SimulationDuration(nanoseconds: 500_000), arrivalsLeft: 20_000)
    var calendar = EventCalendar<SingleServer.Event>()
    calendar.schedule(.customerArrived, at: .zero)
    let handled = Simulator.run(&world, calendar: &calendar)
    #expect(handled == 2 * 20_001)
    let mean = try #require(world.waits.mean)
    #expect(abs(mean.seconds - 0.25e-3) < 0.02e-3, "mean wait \(mean.seconds) s")
  }
}
