import CKernels

/// Sums over the rows of all samples of a minibatch, of double precision: shards in their order.
enum ChannelSums {
  /// - Parameter body: adds the rows of samples to sums, `width` of them.
  static func of(
    _ batch: Minibatch, width: Int,
    _ body: (Range<Int>, UnsafeMutablePointer<Double>) -> Void
  ) -> [Double] {
    let partials = UnsafeMutablePointer<Double>.allocate(capacity: Minibatch.shardCount * width)
    partials.initialize(repeating: 0, count: Minibatch.shardCount * width)
    defer { partials.deallocate() }
    batch.eachShard { shard, samples in body(samples, partials + shard * width) }
    return (0..<width).map { place in
      (0..<Minibatch.shardCount).reduce(0) { $0 + partials[$1 * width + place] }
    }
  }

  /// Adds the sums over rows, as of a bias, to a gradient.
  static func add(
    _ upstream: UnsafePointer<Float>, rows: Int, channels: Int, _ batch: Minibatch,
    to gradient: UnsafeMutablePointer<Float>
  ) {
    let sums = of(batch, width: channels) { samples, sums in
      ck_channel_sums(
        upstream + samples.lowerBound * rows * channels, Int64(samples.count * rows),
        Int64(channels), sums)
    }
    for channel in 0..<channels { gradient[channel] += Float(sums[channel]) }
  }
}
