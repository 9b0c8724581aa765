import Glibc

/// How long the operators of the entry subgraph took on this machine, summed over invocations.
public struct OperatorTimes: Sendable {
  /// By step of the plan's order; wall time.
  public private(set) var nanoseconds: [UInt64]
  public internal(set) var invocationCount = 0

  public init(_ plan: ExecutionPlan) {
    nanoseconds = Array(repeating: 0, count: plan.order.count)
  }

  mutating func add(_ duration: UInt64, step: Int) { nanoseconds[step] &+= duration }

  /// A clock that never goes back.
  static func now() -> UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec)
  }
}
