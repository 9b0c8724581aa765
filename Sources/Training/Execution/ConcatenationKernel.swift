/// Rows of several values beside each other.
final class ConcatenationKernel: NodeKernel {
  private let rows: Int
  private let widths: [Int]
  private let memory: NodeMemory

  init(rows: Int, widths: [Int], _ memory: NodeMemory) {
    self.rows = rows
    self.widths = widths
    self.memory = memory
  }

  private var width: Int { widths.reduce(0, +) }

  func forward(_ batch: Minibatch) {
    batch.eachShard { _, samples in
      var first = 0
      for (input, part) in zip(memory.inputs, widths) {
        for row in samples.lowerBound * rows..<samples.upperBound * rows {
          (memory.output.value + row * width + first)
            .update(from: input.value + row * part, count: part)
        }
        first += part
      }
    }
  }

  func backward(_ batch: Minibatch) {
    batch.eachShard { _, samples in
      let upstream = memory.upstream(samples.lowerBound)
      var first = 0
      for (input, part) in zip(memory.inputs, widths) {
        input.addGradient(samples) { target in
          for row in 0..<samples.count * rows {
            (target + row * part).update(from: upstream + row * width + first, count: part)
          }
        }
        first += part
      }
    }
  }
}
