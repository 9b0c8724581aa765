/// A function of one element.
final class ActivationKernel: NodeKernel {
  private let function: DifferentiableActivation
  private let memory: NodeMemory

  init(_ function: DifferentiableActivation, _ memory: NodeMemory) {
    self.function = function
    self.memory = memory
  }

  func forward(_ batch: Minibatch) {
    let (input, output) = (memory.inputs[0], memory.output)
    batch.eachShard { _, samples in
      let offset = samples.lowerBound * output.count
      function.apply(
        input.value + offset, into: output.value + offset, count: samples.count * output.count)
    }
  }

  func backward(_ batch: Minibatch) {
    let (input, output) = (memory.inputs[0], memory.output)
    batch.eachShard { _, samples in
      let offset = samples.lowerBound * output.count
      input.addGradient(samples) { target in
        function.differentiate(
          input.value + offset, output.value + offset, memory.upstream(samples.lowerBound),
          into: target, count: samples.count * output.count)
      }
    }
  }
}

/// Leaky rectifiers whose slopes are learned (He et al. 2015); a slope repeats along leading axes.
final class ParametricReLUKernel: NodeKernel {
  private let memory: NodeMemory

  init(_ memory: NodeMemory) { self.memory = memory }

  func forward(_ batch: Minibatch) {
    let (input, output, slopes) = (memory.inputs[0], memory.output, memory.parameters[0])
    batch.eachShard { _, samples in
      for i in samples.lowerBound * output.count..<samples.upperBound * output.count {
        let value = input.value[i]
        output.value[i] = value > 0 ? value : value * slopes.base[i % slopes.count]
      }
    }
  }

  func backward(_ batch: Minibatch) {
    let (input, output, slopes) = (memory.inputs[0], memory.output, memory.parameters[0])
    let sums = ChannelSums.of(batch, width: slopes.count) { samples, sums in
      for i in samples.lowerBound * output.count..<samples.upperBound * output.count {
        let value = input.value[i]
        guard value <= 0 else { continue }
        sums[i % slopes.count] += Double(memory.upstream(0)[i]) * Double(value)
      }
    }
    if let gradient = memory.parameterGradients[0] {
      for i in 0..<slopes.count { gradient.base[i] += Float(sums[i]) }
    }
    batch.eachShard { _, samples in
      let (first, upstream) = (samples.lowerBound * output.count, memory.upstream(0))
      input.addGradient(samples) { target in
        for i in 0..<samples.count * output.count {
          let slope = input.value[first + i] > 0 ? 1 : slopes.base[(first + i) % slopes.count]
          target[i] = upstream[first + i] * slope
        }
      }
    }
  }
}
