import CKernels

/// Depthwise convolutions: a filter for each channel.
final class DepthwiseKernel: NodeKernel {
  private let window: PatchGeometry
  private let memory: NodeMemory
  private let variant = ck_variant_best()
  private let patches: PaddedPatches
  /// Of the output's gradient, where the window moves by 1.
  private let turned: PaddedPatches?
  /// Weights with taps in reverse order.
  private let reversed: FloatMemory
  private let noBias: FloatMemory
  private var room: [FloatMemory] = []
  private var gradientRoom: [FloatMemory] = []
  private var partials: [FloatMemory] = []

  init(_ window: PatchGeometry, _ memory: NodeMemory) {
    self.window = window
    self.memory = memory
    let channels = window.channels
    patches = PaddedPatches(window, outputs: channels, isDepthwise: true)
    let movesByOne = window.strideHeight == 1 && window.strideWidth == 1
    turned =
      movesByOne ? PaddedPatches(upstreamOf: window, outputs: channels, isDepthwise: true) : nil
    reversed = FloatMemory(window.taps * channels)
    noBias = FloatMemory(channels)
    for _ in 0..<Minibatch.shardCount {
      room.append(FloatMemory(patches.count))
      gradientRoom.append(FloatMemory(turned?.count ?? patches.count))
      partials.append(FloatMemory(window.taps * channels))
    }
  }

  func prepare() {
    let channels = window.channels
    for tap in 0..<window.taps {
      (reversed.base + (window.taps - 1 - tap) * channels)
        .update(from: memory.parameters[0].base + tap * channels, count: channels)
    }
  }

  func forward(_ batch: Minibatch) {
    var product = patches.product
    product.bias = UnsafePointer(
      memory.parameters.count > 1 ? memory.parameters[1].base : noBias.base)
    let (input, output) = (memory.inputs[0], memory.output)
    batch.eachShard { shard, samples in
      for sample in samples {
        withUnsafePointer(to: product) {
          ck_float_depthwise(
            variant, $0, patches.padded(input.value + sample * input.count, room[shard]),
            memory.parameters[0].base, output.value + sample * output.count)
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
          ck_float_depthwise_weight_gradient(
            variant, $0, patches.padded(input.value + sample * input.count, room[shard]),
            memory.upstream(sample), partials[shard].base)
        }
      }
      input.addGradient(samples) { target in
        for (index, sample) in samples.enumerated() {
          differentiateInput(sample, into: target + index * input.count, shard)
        }
      }
    }
    if let gradient = memory.parameterGradients[0] {
      for shard in 0..<Minibatch.shardCount where !batch.shard(shard).isEmpty {
        ck_accumulate(gradient.base, partials[shard].base, Int64(gradient.count))
      }
    }
    if memory.parameters.count > 1, let gradient = memory.parameterGradients[1] {
      ChannelSums.add(
        memory.upstream(0), rows: window.pixels, channels: window.channels, batch,
        to: gradient.base)
    }
  }

  private func differentiateInput(
    _ sample: Int, into target: UnsafeMutablePointer<Float>, _ shard: Int
  ) {
    let upstream = memory.upstream(sample)
    if let turned {
      var product = turned.product
      product.bias = UnsafePointer(noBias.base)
      ck_float_depthwise(
        variant, &product, turned.padded(upstream, gradientRoom[shard]), reversed.base, target)
      return
    }
    let room = gradientRoom[shard]
    room.clear()
    withUnsafePointer(to: patches.product) {
      ck_float_depthwise_scatter(
        variant, $0, memory.parameters[0].base, upstream, room.base)
    }
    patches.unpad(room.base, into: target)
  }
}
