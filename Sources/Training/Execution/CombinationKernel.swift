import CKernels

/// Sums, differences and products of two values, or of a value and a constant. The second operand
/// repeats along the leading axes of the first.
final class CombinationKernel: NodeKernel {
  private let operation: BinaryArithmetic
  private let memory: NodeMemory
  /// Elements after which the second operand repeats.
  private let period: Int

  init(_ operation: BinaryArithmetic, _ memory: NodeMemory) {
    self.operation = operation
    self.memory = memory
    period = memory.inputs.count > 1 ? memory.inputs[1].count : memory.parameters[0].count
  }

  /// The second operand of a sample.
  private func second(_ sample: Int) -> UnsafeMutablePointer<Float> {
    memory.inputs.count > 1
      ? memory.inputs[1].value + sample * period : memory.parameters[0].base
  }

  func forward(_ batch: Minibatch) {
    let (first, output) = (memory.inputs[0], memory.output)
    batch.eachShard { _, samples in
      for sample in samples {
        let (b, offset) = (second(sample), sample * output.count)
        for start in stride(from: 0, to: output.count, by: period) {
          let (a, y) = (first.value + offset + start, output.value + offset + start)
          switch operation {
          case .add: for i in 0..<period { y[i] = a[i] + b[i] }
          case .subtract: for i in 0..<period { y[i] = a[i] - b[i] }
          case .multiply: for i in 0..<period { y[i] = a[i] * b[i] }
          }
        }
      }
    }
  }

  func backward(_ batch: Minibatch) {
    batch.eachShard { _, samples in
      memory.inputs[0].addGradient(samples) { differentiateFirst(samples, $0) }
      guard memory.inputs.count > 1 else { return }
      memory.inputs[1].addGradient(samples) { target in
        target.update(repeating: 0, count: samples.count * period)
        for (index, sample) in samples.enumerated() {
          differentiateSecond(sample, target + index * period)
        }
      }
    }
    guard memory.inputs.count == 1, let gradient = memory.parameterGradients[0] else { return }
    let partials = (0..<Minibatch.shardCount).map { _ in FloatMemory(period) }
    batch.eachShard { shard, samples in
      for sample in samples { differentiateSecond(sample, partials[shard].base) }
    }
    for partial in partials { ck_accumulate(gradient.base, partial.base, Int64(period)) }
  }

  private func differentiateFirst(_ samples: Range<Int>, _ target: UnsafeMutablePointer<Float>) {
    let (count, upstream) = (memory.output.count, memory.upstream(samples.lowerBound))
    guard operation == .multiply else {
      if target != upstream { target.update(from: upstream, count: samples.count * count) }
      return
    }
    for (index, sample) in samples.enumerated() {
      let b = second(sample)
      for start in stride(from: index * count, to: (index + 1) * count, by: period) {
        for i in 0..<period { target[start + i] = upstream[start + i] * b[i] }
      }
    }
  }

  private func differentiateSecond(_ sample: Int, _ target: UnsafeMutablePointer<Float>) {
    let (count, upstream) = (memory.output.count, memory.upstream(sample))
    let a = memory.inputs[0].value + sample * count
    for start in stride(from: 0, to: count, by: period) {
      let (dy, x) = (upstream + start, a + start)
      switch operation {
      case .add: for i in 0..<period { target[i] += dy[i] }
      case .subtract: for i in 0..<period { target[i] -= dy[i] }
      case .multiply: for i in 0..<period { target[i] += dy[i] * x[i] }
      }
    }
  }
}
