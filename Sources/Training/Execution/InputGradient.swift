import CKernels

/// From the gradient of a convolution's output to that of its input.
final class InputGradient {
  private let window: PatchGeometry
  private let outputs: Int
  private let turned: PaddedPatches?
  private let scattered: PaddedPatches
  private let packed: FloatMemory
  private let noBias: FloatMemory
  private var reordered: FloatMemory
  private var room: [FloatMemory] = []
  private var patches: [FloatMemory] = []

  private var movesByOne: Bool { turned != nil }

  init(_ window: PatchGeometry, outputs: Int) {
    self.window = window
    self.outputs = outputs
    scattered = PaddedPatches(window, outputs: outputs)
    let depth = window.taps * window.channels
    let movesByOne = window.strideHeight == 1 && window.strideWidth == 1
    turned = movesByOne ? PaddedPatches(upstreamOf: window, outputs: outputs) : nil
    let columns = movesByOne ? window.channels : depth
    packed = FloatMemory(
      Int(ck_float_packed_count(Int64(depth * outputs / columns), Int64(columns))))
    noBias = FloatMemory(columns)
    reordered = FloatMemory(movesByOne && window.taps > 1 ? depth * outputs : 0)
    for _ in 0..<Minibatch.shardCount {
      room.append(FloatMemory(turned.map { $0.isInPlace ? 0 : $0.count } ?? scattered.count))
      patches.append(FloatMemory(movesByOne ? 0 : window.pixels * depth))
    }
  }

  /// - Parameter weights: [outputs][taps][channels].
  func prepare(_ weights: UnsafePointer<Float>) {
    let channels = window.channels
    guard movesByOne else {
      let depth = Int64(window.taps * channels)
      return ck_float_pack(weights, Int64(outputs), depth, depth, 1, packed.base)
    }
    guard window.taps > 1 else {
      return ck_float_pack(
        weights, Int64(outputs), Int64(channels), Int64(channels), 1, packed.base)
    }
    // [taps, turned around][outputs][channels]
    for tap in 0..<window.taps {
      for output in 0..<outputs {
        (reordered.base + ((window.taps - 1 - tap) * outputs + output) * channels)
          .update(from: weights + (output * window.taps + tap) * channels, count: channels)
      }
    }
    ck_float_pack(
      reordered.base, Int64(window.taps * outputs), Int64(channels), Int64(channels), 1,
      packed.base)
  }

  /// - Parameter samples: one, or any number of a window of one place.
  func run(
    _ upstream: UnsafePointer<Float>, into gradient: UnsafeMutablePointer<Float>, samples: Int,
    shard: Int, _ variant: OpaquePointer?
  ) {
    if let turned {
      var product = turned.product
      product.patch_columns *= Int64(samples)
      product.bias = UnsafePointer(noBias.base)
      ck_float_multiply(
        variant, &product, turned.padded(upstream, room[shard]), packed.base, gradient)
      return
    }
    let depth = Int64(window.taps * window.channels)
    var start: Int64 = 0
    withUnsafePointer(to: &start) { start in
      var product = ck_float_product(
        patch_rows: 1, patch_columns: Int64(window.pixels), row_step: 0,
        column_step: Int64(outputs), run_count: 1, run_length: Int64(outputs), run_offsets: start,
        columns: depth, output_step: depth, bias: noBias.base, low: -.infinity, high: .infinity)
      ck_float_multiply(variant, &product, upstream, packed.base, patches[shard].base)
    }
    var product = scattered.product
    if scattered.isInPlace {
      gradient.update(repeating: 0, count: window.inputCount)
      ck_float_scatter(variant, &product, patches[shard].base, gradient)
    } else {
      room[shard].clear()
      ck_float_scatter(variant, &product, patches[shard].base, room[shard].base)
      scattered.unpad(room[shard].base, into: gradient)
    }
  }
}
