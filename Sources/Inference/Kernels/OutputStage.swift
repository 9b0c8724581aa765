import NeuralNetworks

/// From the accumulator of a channel to the stored int8: bias, rescaling, zero point, clamp.
struct OutputStage: Sendable {
  let arithmetic: Arithmetic
  /// Channels from this one on round half away from zero: see `init`.
  private let scalarChannel: Int
  /// One for each output channel.
  let multipliers: [FixedPointMultiplier]
  let zeroPoint: Int32
  let range: (low: Int32, high: Int32)

  /// - Parameter vectorWidth: channels that LiteRT's kernel computes at once; those that are left
  ///   over run through scalar code, which rounds half away from zero while its vectors round half
  ///   up. Observed on models with 30 and 60 channels.
  /// - Throws: when a quantization cannot be used.
  init(
    _ context: KernelContext, weightScales: [Double], activation: Activation, vectorWidth: Int = 1
  ) throws(ModelError) {
    scalarChannel =
      context.arithmetic == .doubleRoundingHalfUp
      ? weightScales.count / vectorWidth * vectorWidth : weightScales.count
    let input = try context.quantization(of: context.input(0))
    let output = try context.quantization(of: context.output)
    var multipliers: [FixedPointMultiplier] = []
    for scale in weightScales {
      let single = Float(input.scale) * Float(scale) / Float(output.scale)
      multipliers.append(
        try context.multiplier(input.scale * scale / output.scale, single: single))
    }
    self.multipliers = multipliers
    arithmetic = context.arithmetic
    zeroPoint = output.zeroPoint
    range = context.int8Range(
      of: activation, scale: output.scale, zeroPoint: output.zeroPoint)
  }

  /// The arithmetic of one channel.
  @inline(__always)
  func family(of channel: Int) -> Arithmetic {
    channel < scalarChannel ? arithmetic : .doubleRounding
  }

  /// - Parameter accumulator: the sum of products and the bias.
  @inline(__always)
  func stored(_ accumulator: Int32, channel: Int) -> Int8 {
    let scaled = family(of: channel).scale(accumulator, by: multipliers[channel]) &+ zeroPoint
    return Int8(truncatingIfNeeded: min(max(scaled, range.low), range.high))
  }
}
