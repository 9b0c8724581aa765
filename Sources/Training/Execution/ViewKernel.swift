import CKernels

/// Elements of the operand in other places.
final class ViewKernel: NodeKernel {
  private let starts: [Int]
  private let length: Int
  private let memory: NodeMemory

  init(_ view: StridedView, _ memory: NodeMemory) {
    (starts, length) = view.blocks
    self.memory = memory
  }

  func forward(_ batch: Minibatch) {
    let (input, output) = (memory.inputs[0], memory.output)
    batch.eachShard { _, samples in
      for sample in samples {
        let source = input.value + sample * input.count
        var target = output.value + sample * output.count
        for start in starts {
          target.update(from: source + start, count: length)
          target += length
        }
      }
    }
  }

  func backward(_ batch: Minibatch) {
    let input = memory.inputs[0]
    batch.eachShard { _, samples in
      input.addToGradient(samples) { target in
        for sample in samples {
          let part = target + (sample - samples.lowerBound) * input.count
          var upstream = UnsafePointer(memory.upstream(sample))
          for start in starts {
            ck_accumulate(part + start, upstream, Int64(length))
            upstream += length
          }
        }
      }
    }
  }
}

/// A parameter as a value: the same for every sample.
final class ConstantKernel: NodeKernel {
  private let memory: NodeMemory

  init(_ memory: NodeMemory) { self.memory = memory }

  func forward(_ batch: Minibatch) {
    let (output, parameter) = (memory.output, memory.parameters[0])
    batch.eachShard { _, samples in
      for sample in samples {
        (output.value + sample * output.count).update(from: parameter.base, count: output.count)
      }
    }
  }

  func backward(_ batch: Minibatch) {
    guard let gradient = memory.parameterGradients[0] else { return }
    ChannelSums.add(
      memory.upstream(0), rows: 1, channels: memory.output.count, batch, to: gradient.base)
  }
}
