import NeuralNetworks

/// From the accumulator of a channel to the stored value: rescaling, zero point, clamp.
struct OutputStage: Sendable {
  let arithmetic: Arithmetic
  /// Channels from this one on round half away from zero: see `init`.
  private let scalarChannel: Int
  /// One for each output channel, or one for all.
  let multipliers: [FixedPointMultiplier]
  let zeroPoint: Int32
  let range: (low: Int32, high: Int32)

  /// - Parameters:
  ///   - channels: as many as scales where nil.
  ///   - vectorWidth: channels that LiteRT's kernel computes at once; those that are left over run
  ///     through scalar code, which rounds half away from zero while its vectors round half up.
  ///     Observed on models with 30 and 60 channels.
  /// - Throws: when a quantization cannot be used.
  init(
    _ context: KernelContext, weightScales: [Double], channels: Int? = nil,
    activation: Activation, vectorWidth: Int = 1, valueInput: Int = 0
  ) throws(ModelError) {
    let channels = channels ?? weightScales.count
    scalarChannel =
      context.arithmetic == .doubleRoundingHalfUp
      ? channels / vectorWidth * vectorWidth : channels
    let input = try context.quantization(of: context.input(valueInput))
    let output = try context.quantization(of: context.output)
    var multipliers: [FixedPointMultiplier] = []
    // Legacy kernels form the product of the scales in 32 bits.
    let isLegacy = context.input(valueInput).elementType == .uint8
    for scale in weightScales {
      let single = Float(input.scale) * Float(scale)
      let product = isLegacy ? Double(single) : input.scale * scale
      multipliers.append(
        try context.multiplier(product / output.scale, single: single / Float(output.scale)))
    }
    self.multipliers = multipliers
    arithmetic = context.arithmetic
    zeroPoint = output.zeroPoint
    range = context.storedRange(
      of: activation, context.output.elementType, scale: output.scale,
      zeroPoint: output.zeroPoint)
  }

  /// The arithmetic of one channel.
  @inline(__always)
  func family(of channel: Int) -> Arithmetic {
    channel < scalarChannel ? arithmetic : .doubleRounding
  }

  /// - Parameter accumulator: the sum of products and the bias.
  @inline(__always)
  func stored<Sum: Accumulator, Value: StoredInteger>(_ accumulator: Sum, channel: Int) -> Value {
    let multiplier = multipliers[min(channel, multipliers.count &- 1)]
    let scaled = accumulator.scaled(by: multiplier, family(of: channel)) &+ zeroPoint
    return Value(truncatingIfNeeded: min(max(scaled, range.low), range.high))
  }
}
