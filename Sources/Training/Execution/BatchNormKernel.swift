import CKernels

/// Batch normalization (Ioffe and Szegedy 2015) with the statistics of the whole minibatch, moving
/// averages at inference. Parameters: scale, shift, running mean, running variance.
final class BatchNormKernel: NodeKernel {
  /// Of the running statistics that stays at each step.
  static let momentum: Float = 0.9

  private let channels: Int
  private let epsilon: Float
  private let memory: NodeMemory
  private let rows: Int
  private let means, factors: FloatMemory
  private var inverses: [Double]
  /// What the minibatch had; the variance is that of a sample, as PyTorch averages it.
  private(set) var statistics: (means: [Float], variances: [Float]) = ([], [])

  init(channels: Int, epsilon: Float, _ memory: NodeMemory) {
    self.channels = channels
    self.epsilon = epsilon
    self.memory = memory
    rows = memory.output.count / channels
    means = FloatMemory(channels)
    factors = FloatMemory(channels)
    inverses = Array(repeating: 1, count: channels)
  }

  func forward(_ batch: Minibatch) {
    var variances = memory.parameters[3].values.map(Double.init)
    means.set(memory.parameters[2].values)
    if batch.isTraining { variances = moments(batch) }
    for channel in 0..<channels {
      inverses[channel] = 1 / (variances[channel] + Double(epsilon)).squareRoot()
      factors.base[channel] = memory.parameters[0].base[channel] * Float(inverses[channel])
    }
    batch.eachShard { _, samples in
      let offset = samples.lowerBound * memory.output.count
      ck_channel_affine(
        memory.inputs[0].value + offset, means.base, factors.base, memory.parameters[1].base,
        Int64(samples.count * rows), Int64(channels), memory.output.value + offset)
    }
  }

  /// Sets the means. Two passes: differences from the mean lose no digits.
  private func moments(_ batch: Minibatch) -> [Double] {
    let input = memory.inputs[0]
    let count = Double(batch.count * rows)
    let sums = ChannelSums.of(batch, width: channels) { samples, sums in
      ck_channel_sums(
        input.value + samples.lowerBound * input.count, Int64(samples.count * rows),
        Int64(channels), sums)
    }
    for channel in 0..<channels { means.base[channel] = Float(sums[channel] / count) }
    let squares = ChannelSums.of(batch, width: channels) { samples, sums in
      ck_channel_squares(
        input.value + samples.lowerBound * input.count, means.base, Int64(samples.count * rows),
        Int64(channels), sums)
    }
    statistics = (means.values, squares.map { Float($0 / max(count - 1, 1)) })
    return squares.map { $0 / count }
  }

  func backward(_ batch: Minibatch) {
    let input = memory.inputs[0]
    let count = Double(batch.count * rows)
    let sums = ChannelSums.of(batch, width: 2 * channels) { samples, sums in
      ck_channel_products(
        input.value + samples.lowerBound * input.count, memory.upstream(samples.lowerBound),
        means.base, Int64(samples.count * rows), Int64(channels), sums, sums + channels)
    }
    let (offsets, slopes) = (FloatMemory(channels), FloatMemory(channels))
    for channel in 0..<channels {
      let product = sums[channels + channel] * inverses[channel]
      memory.parameterGradients[0]?.base[channel] += Float(product)
      memory.parameterGradients[1]?.base[channel] += Float(sums[channel])
      guard batch.isTraining else { continue }
      offsets.base[channel] = Float(sums[channel] / count)
      slopes.base[channel] = Float(product * inverses[channel] / count)
    }
    batch.eachShard { _, samples in
      input.addGradient(samples) { target in
        ck_normalization_gradient(
          input.value + samples.lowerBound * input.count, memory.upstream(samples.lowerBound),
          means.base, factors.base, offsets.base, slopes.base, Int64(samples.count * rows),
          Int64(channels), target)
      }
    }
  }
}
