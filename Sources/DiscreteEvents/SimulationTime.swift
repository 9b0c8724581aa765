/// A point on the simulated clock: whole nanoseconds since the start of the run.
///
/// Integer time makes equal times equal on every machine; 2^63 ns are 292 years.
@frozen
public struct SimulationTime: Hashable, Comparable, Sendable, BitwiseCopyable {
  public let nanoseconds: Int64

  @inlinable public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

  /// The start of every run.
  public static let zero = SimulationTime(nanoseconds: 0)

  @inlinable public static func < (left: Self, right: Self) -> Bool {
    left.nanoseconds < right.nanoseconds
  }

  @inlinable public static func + (time: Self, duration: SimulationDuration) -> Self {
    SimulationTime(nanoseconds: time.nanoseconds + duration.nanoseconds)
  }

  @inlinable public static func - (later: Self, earlier: Self) -> SimulationDuration {
    SimulationDuration(nanoseconds: later.nanoseconds - earlier.nanoseconds)
  }
}

/// A length of simulated time in whole nanoseconds; may be negative as a difference.
@frozen
public struct SimulationDuration: Hashable, Comparable, Sendable, BitwiseCopyable {
  public let nanoseconds: Int64

  @inlinable public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

  @inlinable public init(milliseconds: Int64) { self.init(nanoseconds: milliseconds * 1_000_000) }

  public static let zero = SimulationDuration(nanoseconds: 0)

  /// Seconds as a floating-point number, for statistics and reports only.
  @inlinable public var seconds: Double { Double(nanoseconds) / 1e9 }

  @inlinable public static func < (left: Self, right: Self) -> Bool {
    left.nanoseconds < right.nanoseconds
  }

  @inlinable public static func + (left: Self, right: Self) -> Self {
    SimulationDuration(nanoseconds: left.nanoseconds + right.nanoseconds)
  }

  @inlinable public static func - (left: Self, right: Self) -> Self {
    SimulationDuration(nanoseconds: left.nanoseconds - right.nanoseconds)
  }

  @inlinable public static func * (duration: Self, count: Int) -> Self {
    SimulationDuration(nanoseconds: duration.nanoseconds * Int64(count))
  }
}
