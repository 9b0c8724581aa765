/// The sparsity that pruning reaches at each training step.
///
/// `s(t) = s_f + (s_i - s_f) (1 - (t - t_0) / (n dt))^e` at the steps `t_0, t_0 + dt, ...,
/// t_0 + n dt`, held between them. With the exponent 3 it is automated gradual pruning (AGP: Zhu
/// and Gupta 2017, "To prune, or not to prune"), with 1 plain iterative pruning, and with a single
/// step one-shot pruning.
public struct PruningSchedule: Sendable, Equatable {
  public let initial, final: Double
  public let firstStep, lastStep: Int
  /// Steps from one pruning to the next.
  public let interval: Int
  public let exponent: Int

  /// - Returns: nil unless `0 <= initial <= final < 1`, `0 <= firstStep <= lastStep`, the interval
  ///   is positive and the exponent is from 1 to 16.
  public init?(
    from initial: Double = 0, to final: Double, firstStep: Int = 0, lastStep: Int,
    interval: Int = 1, exponent: Int = 3
  ) {
    guard initial >= 0, initial <= final, final < 1, firstStep >= 0, firstStep <= lastStep,
      interval > 0, (1...16).contains(exponent)
    else { return nil }
    self.initial = initial
    self.final = final
    self.firstStep = firstStep
    self.lastStep = lastStep
    self.interval = interval
    self.exponent = exponent
  }

  /// All at once, at one step.
  public static func oneShot(_ sparsity: Double, at step: Int = 0) -> PruningSchedule? {
    PruningSchedule(from: sparsity, to: sparsity, firstStep: step, lastStep: step)
  }

  /// Equal additions, `rounds` of them, `interval` steps apart.
  public static func iterative(
    to sparsity: Double, rounds: Int, interval: Int, firstStep: Int = 0
  ) -> PruningSchedule? {
    let (span, overflow) = rounds.multipliedReportingOverflow(by: interval)
    guard rounds > 0, interval > 0, !overflow, firstStep < Int.max - span else { return nil }
    // The first addition comes at the first step, not one interval later.
    return PruningSchedule(
      from: sparsity / Double(rounds), to: sparsity, firstStep: firstStep,
      lastStep: firstStep + span - interval, interval: interval, exponent: 1)
  }

  /// Whether pruning is done at this step: at the first one, every interval, and at the last.
  public func prunes(at step: Int) -> Bool {
    guard step >= firstStep, step <= lastStep else { return false }
    return step == lastStep || (step - firstStep) % interval == 0
  }

  /// What holds after this step; 0 before the first.
  public func sparsity(at step: Int) -> Double {
    if step < firstStep { return 0 }
    if step >= lastStep { return final }
    let elapsed = (step - firstStep) / interval * interval
    let rest = 1 - Double(elapsed) / Double(lastStep - firstStep)
    let factor = (0..<exponent).reduce(1.0) { product, _ in product * rest }
    return final + (initial - final) * factor
  }
}
