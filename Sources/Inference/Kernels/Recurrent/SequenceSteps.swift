import NeuralNetworks

/// The steps of a sequence operator: which row of the input each one reads.
struct SequenceSteps: Sendable {
  let batchCount: Int
  let stepCount: Int
  private let isTimeMajor: Bool

  /// - Parameter input: [time, batch, depth] or [batch, time, depth]; of two axes, one step.
  init(_ input: Shape, isTimeMajor: Bool) {
    guard input.rank == 3 else {
      (batchCount, stepCount, self.isTimeMajor) = (input[0], 1, true)
      return
    }
    self.isTimeMajor = isTimeMajor
    (batchCount, stepCount) = isTimeMajor ? (input[1], input[0]) : (input[0], input[1])
  }

  /// Calls `body` for every batch entry and every step of it, from the first or from the last on.
  func forEach(isBackward: Bool = false, _ body: (_ batch: Int, _ row: Int) -> Void) {
    for batch in 0..<batchCount {
      for step in 0..<stepCount {
        let time = isBackward ? stepCount &- 1 &- step : step
        body(batch, isTimeMajor ? time &* batchCount &+ batch : batch &* stepCount &+ time)
      }
    }
  }
}
