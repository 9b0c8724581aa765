import ReproducibleMath
import Testing

@testable import DiscreteEvents

@Suite struct EventCalendarTests {
  private func drain(_ calendar: inout EventCalendar<Int32>) -> [Int32] {
    var events: [Int32] = []
    while let event = calendar.next() { events.append(event) }
    return events
  }

  private func time(_ nanoseconds: Int64) -> SimulationTime {
    SimulationTime(nanoseconds: nanoseconds)
  }

  @Test("Events come out in order of time")
  func ordersByTime() {
    var calendar = EventCalendar<Int32>()
    for (event, at) in [(3, 30), (1, 10), (2, 20)] {
      calendar.schedule(Int32(event), at: time(Int64(at)))
    }
    #expect(drain(&calendar) == [1, 2, 3])
  }

  @Test("Events of equal time and phase come out in the order they were scheduled")
  func tiesAreFirstInFirstOut() {
    var calendar = EventCalendar<Int32>()
    for event in 0..<100 { calendar.schedule(Int32(event), at: time(5)) }
    #expect(drain(&calendar) == (0..<100).map(Int32.init))
  }

  @Test("At equal time the lower phase comes first, whatever was scheduled first")
  func phaseBreaksTies() {
    var calendar = EventCalendar<Int32>()
    calendar.schedule(2, at: time(5), phase: 2)
    calendar.schedule(3, at: time(5), phase: 2)
    calendar.schedule(1, at: time(5), phase: 1)
    calendar.schedule(0, at: time(4), phase: 9)
    #expect(drain(&calendar) == [0, 1, 2, 3])
  }

  @Test("The order equals that of a stable sort for random schedules")
  func equalsAStableSort() {
    var stream = RandomStream(seed: 7, name: "calendar-test")
    var calendar = EventCalendar<Int32>()
    var expected: [(time: Int64, phase: UInt8, event: Int32)] = []
    for event in 0..<5000 {
      let at = stream.uniform(below: 300)
      let phase = UInt8(stream.uniform(below: 3))
      calendar.schedule(Int32(event), at: time(at), phase: phase)
      expected.append((at, phase, Int32(event)))
    }
    expected.sort { ($0.time, $0.phase, $0.event) < ($1.time, $1.phase, $1.event) }
    #expect(drain(&calendar) == expected.map(\.event))
  }

  @Test("The clock stands at the time of the event that came out last")
  func clockFollows() {
    var calendar = EventCalendar<Int32>()
    calendar.schedule(1, at: time(10))
    #expect(calendar.now == .zero)
    _ = calendar.next()
    #expect(calendar.now == time(10))
    #expect(calendar.count == 0)
  }

  @Test("Scheduling in the past is a broken promise")
  func rejectsThePast() async {
    await #expect(processExitsWith: .failure) {
      var calendar = EventCalendar<Int32>()
      calendar.schedule(1, at: SimulationTime(nanoseconds: 10))
      _ = calendar.next()
      calendar.schedule(2, at: SimulationTime(nanoseconds: 9))
    }
  }
}
