/// The integral of an integer quantity over simulated time, exact: power over time is energy.
///
/// A quantity in microwatts gives femtojoules. 128 bits hold a megawatt for 10^7 years.
public struct TimeWeightedSum: Sendable, Equatable {
  private(set) var value: Int64 = 0
  private(set) var since = SimulationTime.zero
  private var settled: Int128 = 0

  public init() {}

  /// Sets the quantity from `time` on.
  ///
  /// - Precondition: times do not go back.
  public mutating func set(_ value: Int64, at time: SimulationTime) {
    settle(until: time)
    self.value = value
  }

  /// The integral from the start until `time`, in the quantity's unit times nanoseconds.
  public mutating func integral(until time: SimulationTime) -> Int128 {
    settle(until: time)
    return settled
  }

  private mutating func settle(until time: SimulationTime) {
    precondition(time >= since, "time went back")
    settled += Int128(value) * Int128((time - since).nanoseconds)
    since = time
  }
}
