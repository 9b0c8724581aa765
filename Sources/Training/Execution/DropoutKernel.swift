import ReproducibleMath

/// Inverted dropout (Srivastava et al. 2014): nothing at inference.
final class DropoutKernel: NodeKernel {
  private let rate: Float
  private let index: Int
  private let memory: NodeMemory
  private let mask: FloatMemory

  /// - Parameter index: of the node, for its random streams.
  init(rate: Float, index: Int, _ memory: NodeMemory, capacity: Int) {
    self.rate = rate
    self.index = index
    self.memory = memory
    mask = FloatMemory(capacity * memory.output.count)
  }

  func forward(_ batch: Minibatch) {
    let (input, output) = (memory.inputs[0], memory.output)
    batch.eachShard { _, samples in
      for sample in samples {
        let offset = sample * output.count
        guard batch.isTraining, rate > 0 else {
          (output.value + offset).update(from: input.value + offset, count: output.count)
          continue
        }
        var random = RandomStream(
          seed: batch.seed, name: "dropout \(index) of \(batch.streamNames[sample])")
        for i in offset..<offset + output.count {
          mask.base[i] = random.uniform() < Double(rate) ? 0 : 1 / (1 - rate)
          output.value[i] = input.value[i] * mask.base[i]
        }
      }
    }
  }

  func backward(_ batch: Minibatch) {
    batch.eachShard { _, samples in
      let first = samples.lowerBound * memory.output.count
      let upstream = memory.upstream(samples.lowerBound)
      memory.inputs[0].addGradient(samples) { target in
        for i in 0..<samples.count * memory.output.count {
          target[i] = upstream[i] * (batch.isTraining && rate > 0 ? mask.base[first + i] : 1)
        }
      }
    }
  }
}
