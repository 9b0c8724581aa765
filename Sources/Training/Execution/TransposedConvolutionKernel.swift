import CKernels

/// The transpose of a convolution (Zeiler et al. 2010): its forward pass is that convolution's
/// gradient, and its gradient that convolution.
final class TransposedConvolutionKernel: NodeKernel {
  /// Of the convolution: it goes over the output.
  private let window: PatchGeometry
  private let inputs: Int
  private let memory: NodeMemory
  private let variant = ck_variant_best()
  private let patches: PaddedPatches
  private let spread: InputGradient
  /// Weights of the convolution, [inputs][taps][outputs], and packed.
  private let exchanged, packed: FloatMemory
  private let noBias: FloatMemory
  private var room: [FloatMemory] = []
  /// Of each shard: [taps][outputs][inputs].
  private var partials: [FloatMemory] = []

  /// Of the output.
  private var channels: Int { window.channels }

  init(_ window: PatchGeometry, inputs: Int, _ memory: NodeMemory) {
    self.window = window
    self.inputs = inputs
    self.memory = memory
    patches = PaddedPatches(window, outputs: inputs)
    spread = InputGradient(window, outputs: inputs)
    let depth = window.taps * window.channels
    exchanged = FloatMemory(depth * inputs)
    packed = FloatMemory(Int(ck_float_packed_count(Int64(depth), Int64(inputs))))
    noBias = FloatMemory(inputs)
    for _ in 0..<Minibatch.shardCount {
      room.append(FloatMemory(patches.isInPlace ? 0 : patches.count))
      partials.append(FloatMemory(depth * inputs))
    }
  }

  func prepare() {
    eachWeight { weight, tap, output, input in
      exchanged.base[(input * window.taps + tap) * channels + output] =
        memory.parameters[0].base[weight]
    }
    spread.prepare(exchanged.base)
    let depth = Int64(window.taps * channels)
    ck_float_pack(exchanged.base, depth, Int64(inputs), 1, depth, packed.base)
  }

  /// In the order of the weights, [outputs][taps][inputs].
  @inline(__always)
  private func eachWeight(_ body: (_ weight: Int, _ tap: Int, _ output: Int, _ input: Int) -> Void)
  {
    for output in 0..<channels {
      for tap in 0..<window.taps {
        for input in 0..<inputs {
          body((output * window.taps + tap) * inputs + input, tap, output, input)
        }
      }
    }
  }

  func forward(_ batch: Minibatch) {
    let (input, output) = (memory.inputs[0], memory.output)
    let bias = memory.parameters.count > 1 ? memory.parameters[1] : nil
    batch.eachShard { shard, samples in
      for sample in samples {
        let target = output.value + sample * output.count
        spread.run(
          input.value + sample * input.count, into: target, samples: 1, shard: shard, variant)
        guard let bias else { continue }
        for start in stride(from: 0, to: output.count, by: channels) {
          ck_accumulate(target + start, bias.base, Int64(channels))
        }
      }
    }
  }

  func backward(_ batch: Minibatch) {
    let input = memory.inputs[0]
    batch.eachShard { shard, samples in
      partials[shard].clear()
      for sample in samples {
        withUnsafePointer(to: patches.product) {
          ck_float_weight_gradient(
            variant, $0, patches.padded(memory.upstream(sample), room[shard]),
            input.value + sample * input.count, partials[shard].base)
        }
      }
      input.addGradient(samples) { target in
        for (index, sample) in samples.enumerated() {
          convolve(sample, into: target + index * input.count, shard)
        }
      }
    }
    addWeights(batch)
    if memory.parameters.count > 1, let gradient = memory.parameterGradients[1] {
      ChannelSums.add(
        memory.upstream(0), rows: memory.output.count / channels, channels: channels, batch,
        to: gradient.base)
    }
  }

  private func convolve(_ sample: Int, into target: UnsafeMutablePointer<Float>, _ shard: Int) {
    var product = patches.product
    product.bias = UnsafePointer(noBias.base)
    ck_float_multiply(
      variant, &product, patches.padded(memory.upstream(sample), room[shard]), packed.base, target)
  }

  private func addWeights(_ batch: Minibatch) {
    guard let gradient = memory.parameterGradients[0] else { return }
    for shard in 0..<Minibatch.shardCount where !batch.shard(shard).isEmpty {
      let partial = partials[shard].base
      eachWeight { weight, tap, output, input in
        gradient.base[weight] += partial[(tap * channels + output) * inputs + input]
      }
    }
  }
}
