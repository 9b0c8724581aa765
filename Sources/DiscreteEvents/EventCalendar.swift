/// The future events of one run, in the order in which they will happen.
///
/// **The ordering contract.** Events come out by time; at equal times by phase, lowest first; at
/// equal time and phase in the order in which they were scheduled. The order is total, so a run
/// does not depend on the heap's inner state. Nothing can be scheduled before the current time.
///
/// A binary heap that moves a hole: `schedule` and `next` are O(log n), memory is O(n) at 24 bytes
/// for an event of 8 bytes.
public struct EventCalendar<Event: BitwiseCopyable & Sendable>: ~Copyable {
  @usableFromInline
  struct Entry: BitwiseCopyable {
    @usableFromInline let time: SimulationTime
    /// Phase in the upper 8 bits, sequence in the lower 56.
    @usableFromInline let rank: UInt64
    @usableFromInline let event: Event

    @inlinable
    init(time: SimulationTime, rank: UInt64, event: Event) {
      self.time = time
      self.rank = rank
      self.event = event
    }

    @inlinable
    func precedes(_ other: Entry) -> Bool {
      time == other.time ? rank < other.rank : time < other.time
    }
  }

  @usableFromInline var heap: [Entry] = []
  @usableFromInline var nextSequence: UInt64 = 0

  /// The time of the event that came out last; zero before the first.
  public private(set) var now = SimulationTime.zero

  public init() {}

  /// Number of events still to come.
  public var count: Int { heap.count }

  /// Adds a future event.
  ///
  /// - Parameter phase: breaks ties of equal time, lowest first.
  /// - Precondition: `time` is not before `now`.
  @inlinable
  public mutating func schedule(_ event: Event, at time: SimulationTime, phase: UInt8 = 0) {
    precondition(time >= now, "an event was scheduled in the past")
    let entry = Entry(time: time, rank: UInt64(phase) << 56 | nextSequence, event: event)
    nextSequence += 1
    heap.append(entry)
    siftUp(entry)
  }

  /// Takes out the next event and moves the clock to its time; nil when none is left.
  public mutating func next() -> Event? {
    guard let last = heap.popLast() else { return nil }
    guard let first = heap.first else { return advance(to: last) }
    siftDown(last)
    return advance(to: first)
  }

  private mutating func advance(to entry: Entry) -> Event {
    now = entry.time
    return entry.event
  }

  @usableFromInline
  mutating func siftUp(_ entry: Entry) {
    var hole = heap.count - 1
    while hole > 0 {
      let parent = (hole - 1) / 2
      guard entry.precedes(heap[parent]) else { break }
      heap[hole] = heap[parent]
      hole = parent
    }
    heap[hole] = entry
  }

  private mutating func siftDown(_ entry: Entry) {
    var hole = 0
    while true {
      var child = 2 * hole + 1
      guard child < heap.count else { break }
      if child + 1 < heap.count, heap[child + 1].precedes(heap[child]) { child += 1 }
      guard heap[child].precedes(entry) else { break }
      heap[hole] = heap[child]
      hole = child
    }
    heap[hole] = entry
  }
}
