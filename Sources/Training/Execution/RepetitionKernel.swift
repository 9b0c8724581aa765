/// Every element so many times in a row.
final class RepetitionKernel: NodeKernel {
  private let count: Int
  private let memory: NodeMemory

  init(_ count: Int, _ memory: NodeMemory) {
    self.count = count
    self.memory = memory
  }

  func forward(_ batch: Minibatch) {
    let (input, output) = (memory.inputs[0], memory.output)
    batch.eachShard { _, samples in
      for i in samples.lowerBound * input.count..<samples.upperBound * input.count {
        (output.value + i * count).update(repeating: input.value[i], count: count)
      }
    }
  }

  func backward(_ batch: Minibatch) {
    let input = memory.inputs[0]
    batch.eachShard { _, samples in
      let upstream = memory.upstream(samples.lowerBound)
      input.addGradient(samples) { target in
        for i in 0..<samples.count * input.count {
          target[i] = (0..<count).reduce(Float(0)) { $0 + upstream[i * count + $1] }
        }
      }
    }
  }
}
