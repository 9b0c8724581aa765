/// Rounds to the stored values of a range; gradients pass straight through, and are 0 outside.
final class RoundingKernel: NodeKernel {
  private let memory: NodeMemory
  /// Of the stored values; nil passes values on.
  var grid: AffineGrid?
  /// What the last training pass saw; nil before.
  private(set) var observed: ClosedRange<Float>?

  init(_ memory: NodeMemory) { self.memory = memory }

  func forward(_ batch: Minibatch) {
    let (input, output) = (memory.inputs[0], memory.output)
    if batch.isTraining { observe(batch) }
    batch.eachShard { _, samples in
      let range = samples.lowerBound * output.count..<samples.upperBound * output.count
      if let grid {
        for i in range { output.value[i] = grid.rounded(input.value[i]) }
      } else {
        (output.value + range.lowerBound)
          .update(from: input.value + range.lowerBound, count: range.count)
      }
    }
  }

  private func observe(_ batch: Minibatch) {
    let input = memory.inputs[0]
    var (low, high) = (Float.infinity, -Float.infinity)
    for i in 0..<batch.count * input.count {
      low = min(low, input.value[i])
      high = max(high, input.value[i])
    }
    observed = low <= high ? low...high : nil
  }

  func backward(_ batch: Minibatch) {
    let input = memory.inputs[0]
    batch.eachShard { _, samples in
      let first = samples.lowerBound * input.count
      let upstream = memory.upstream(samples.lowerBound)
      input.addGradient(samples) { target in
        for i in 0..<samples.count * input.count {
          let value = input.value[first + i]
          let isInside = grid.map { value >= $0.low && value <= $0.high } ?? true
          target[i] = isInside ? upstream[i] : 0
        }
      }
    }
  }
}
