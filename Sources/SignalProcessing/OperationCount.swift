/// How many elementary operations a piece of signal processing takes: what a cost model prices
/// where no measured cycles exist.
public struct OperationCount: Sendable, Equatable {
  /// Products of at most 32 bits.
  public var multiplications: Int
  /// Products of 32 bits by 32 bits to 64 bits, with or without adding them up.
  public var longMultiplications: Int
  /// Additions, subtractions, negations and comparisons.
  public var additions: Int
  /// Shifts, bit masks and counts of leading zeros.
  public var shifts: Int
  /// Reads of constant tables. Reads and writes of the data itself are not counted.
  public var tableLookUps: Int

  public init(
    multiplications: Int = 0, longMultiplications: Int = 0, additions: Int = 0, shifts: Int = 0,
    tableLookUps: Int = 0
  ) {
    self.multiplications = multiplications
    self.longMultiplications = longMultiplications
    self.additions = additions
    self.shifts = shifts
    self.tableLookUps = tableLookUps
  }

  /// All operations, each counted once.
  public var total: Int {
    multiplications + longMultiplications + additions + shifts + tableLookUps
  }

  public static func + (left: OperationCount, right: OperationCount) -> OperationCount {
    OperationCount(
      multiplications: left.multiplications + right.multiplications,
      longMultiplications: left.longMultiplications + right.longMultiplications,
      additions: left.additions + right.additions,
      shifts: left.shifts + right.shifts,
      tableLookUps: left.tableLookUps + right.tableLookUps)
  }

  public static func * (times: Int, count: OperationCount) -> OperationCount {
    OperationCount(
      multiplications: times * count.multiplications,
      longMultiplications: times * count.longMultiplications,
      additions: times * count.additions,
      shifts: times * count.shifts,
      tableLookUps: times * count.tableLookUps)
  }
}
