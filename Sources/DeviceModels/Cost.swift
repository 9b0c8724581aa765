/// Processor cycles, and the time and energy they take at an operating point.
public struct Cost: Sendable, Equatable {
  public var cycles: Estimate
  public var seconds: Estimate
  public var joules: Estimate
}
