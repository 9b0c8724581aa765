import CKernels

/// Convolutions and dense layers: products of patches and weights.
///
/// The input's gradient is a convolution with the filter turned around where the window moves by 1,
/// or else a product that is scattered.
final class ConvolutionKernel: NodeKernel {
  private let window: PatchGeometry
  private let outputs: Int
  private let memory: NodeMemory
  private let variant = ck_variant_best()
  private let patches: PaddedPatches
  private let packed: FloatMemory
  private let noBias: FloatMemory
  private var room: [FloatMemory] = []
  /// Of each shard: [depth][outputs], and of the bias.
  private var partials: [FloatMemory] = []
  private let inputGradient: InputGradient?

  private var depth: Int { window.taps * window.channels }

  init(_ window: PatchGeometry, outputs: Int, _ memory: NodeMemory) {
    self.window = window
    self.outputs = outputs
    self.memory = memory
    patches = PaddedPatches(window, outputs: outputs)
    packed = FloatMemory(
      Int(ck_float_packed_count(Int64(window.taps * window.channels), Int64(outputs))))
    noBias = FloatMemory(max(outputs, window.channels * window.taps))
    inputGradient =
      memory.inputs[0].gradient == nil ? nil : InputGradient(window, outputs: outputs)
    for _ in 0..<Minibatch.shardCount {
      room.append(FloatMemory(patches.isInPlace ? 0 : patches.count))
      partials.append(
        FloatMemory(
          memory.parameterGradients[0] == nil ? 0 : window.taps * window.channels * outputs))
    }
  }

  func prepare() {
    ck_float_pack(
      memory.parameters[0].base, Int64(depth), Int64(outputs), 1, Int64(depth), packed.base)
    inputGradient?.prepare(memory.parameters[0].base)
  }

  func forward(_ batch: Minibatch) {
    var product = patches.product
    product.bias = UnsafePointer(
      memory.parameters.count > 1 ? memory.parameters[1].base : noBias.base)
    let (input, output) = (memory.inputs[0], memory.output)
    batch.eachShard { shard, samples in
      eachRun(samples) { sample, count in
        var run = product
        run.patch_columns *= Int64(count)
        ck_float_multiply(
          variant, &run, patches.padded(input.value + sample * input.count, room[shard]),
          packed.base, output.value + sample * output.count)
      }
    }
  }

  /// Samples at a time: all where patches lie one after the other.
  private func eachRun(_ samples: Range<Int>, _ body: (_ sample: Int, _ count: Int) -> Void) {
    guard !window.isPointwise else { return body(samples.lowerBound, samples.count) }
    for sample in samples { body(sample, 1) }
  }

  func backward(_ batch: Minibatch) {
    let input = memory.inputs[0]
    batch.eachShard { shard, samples in
      if memory.parameterGradients[0] != nil { differentiateWeights(shard, samples) }
      guard let inputGradient else { return }
      input.addGradient(samples) { target in
        eachRun(samples) { sample, count in
          inputGradient.run(
            memory.upstream(sample), into: target + (sample - samples.lowerBound) * input.count,
            samples: count, shard: shard, variant)
        }
      }
    }
    if let gradient = memory.parameterGradients[0] { addWeights(batch, to: gradient) }
    if memory.parameters.count > 1, let gradient = memory.parameterGradients[1] {
      ChannelSums.add(
        memory.upstream(0), rows: window.pixels, channels: outputs, batch, to: gradient.base)
    }
  }

  private func differentiateWeights(_ shard: Int, _ samples: Range<Int>) {
    let input = memory.inputs[0]
    partials[shard].clear()
    eachRun(samples) { sample, count in
      var run = patches.product
      run.patch_columns *= Int64(count)
      ck_float_weight_gradient(
        variant, &run, patches.padded(input.value + sample * input.count, room[shard]),
        memory.upstream(sample), partials[shard].base)
    }
  }

  /// Shards in their order, turned into the order of the weights.
  private func addWeights(_ batch: Minibatch, to gradient: FloatMemory) {
    let active = (0..<Minibatch.shardCount).filter { !batch.shard($0).isEmpty }
    guard let first = active.first else { return }
    for shard in active.dropFirst() {
      ck_accumulate(partials[first].base, partials[shard].base, Int64(depth * outputs))
    }
    ck_accumulate_transposed(
      gradient.base, partials[first].base, Int64(depth), Int64(outputs))
  }
}
