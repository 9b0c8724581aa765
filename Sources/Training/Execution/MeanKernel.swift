import CKernels

/// Means over the middle of three axes.
final class MeanKernel: NodeKernel {
  private let outer, extent, inner: Int
  private let memory: NodeMemory

  init(outer: Int, count: Int, inner: Int, _ memory: NodeMemory) {
    (self.outer, extent, self.inner) = (outer, count, inner)
    self.memory = memory
  }

  func forward(_ batch: Minibatch) {
    let (input, output) = (memory.inputs[0], memory.output)
    batch.eachShard { _, samples in
      for row in samples.lowerBound * outer..<samples.upperBound * outer {
        let target = output.value + row * inner
        target.update(repeating: 0, count: inner)
        for i in 0..<extent {
          ck_accumulate(target, input.value + (row * extent + i) * inner, Int64(inner))
        }
        for i in 0..<inner { target[i] /= Float(extent) }
      }
    }
  }

  func backward(_ batch: Minibatch) {
    batch.eachShard { _, samples in
      let upstream = memory.upstream(samples.lowerBound)
      memory.inputs[0].addGradient(samples) { target in
        for row in 0..<samples.count * outer {
          for i in 0..<extent {
            let place = target + (row * extent + i) * inner
            for c in 0..<inner { place[c] = upstream[row * inner + c] / Float(extent) }
          }
        }
      }
    }
  }
}
