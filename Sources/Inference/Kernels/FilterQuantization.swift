import NeuralNetworks

/// What every integer product of activations and weights needs: zero points and the output stage.
struct FilterQuantization: Sendable {
  let inputZeroPoint: Int32
  /// Of the weights: 0 but for uint8 and FULLY_CONNECTED.
  let zeroPoint: Int32
  let stage: OutputStage

  /// - Parameters:
  ///   - axis: of the weights, along which per-channel scales run.
  ///   - allowsZeroPoint: whether weights of int8 may have one too.
  /// - Throws: when a quantization cannot be used.
  init<Sum: Accumulator>(
    _ context: KernelContext, axis: Int, channels: Int, sum: Sum.Type, activation: Activation,
    vectorWidth: Int = 1, allowsZeroPoint: Bool = false, valueInput: Int = 0
  ) throws(ModelError) {
    let weights = context.input(1)
    if allowsZeroPoint || weights.elementType == .uint8 {
      let quantization = try context.weightQuantization(of: weights, axis: axis, count: channels)
      zeroPoint = quantization.zeroPoint
      stage = try OutputStage(
        context, weightScales: quantization.scales, channels: channels, activation: activation,
        vectorWidth: vectorWidth, valueInput: valueInput)
    } else {
      zeroPoint = 0
      stage = try OutputStage(
        context,
        weightScales: try context.weightScales(of: weights, axis: axis, count: channels),
        channels: channels, activation: activation, vectorWidth: vectorWidth, valueInput: valueInput
      )
    }
    for multiplier in stage.multipliers { try Sum.checkScaling(multiplier, context) }
    let input = context.input(valueInput)
    inputZeroPoint = try context.quantization(of: input).zeroPoint
    guard input.elementType != .int16 || (inputZeroPoint == 0 && stage.zeroPoint == 0) else {
      throw context.failure(
        found: "zero points \(inputZeroPoint) and \(stage.zeroPoint) of int16",
        expected: "0, as 16-bit activations have")
    }
  }
}

/// Which input channels a filter of a grouped convolution sees.
struct ChannelGroups: Sendable {
  /// Input channels of one group.
  let filterDepth: Int
  /// Output channels of one group.
  private let filterCount: Int

  init(_ geometry: WindowGeometry, filterDepth: Int) {
    self.filterDepth = filterDepth
    filterCount = geometry.outputChannels * filterDepth / geometry.inputChannels
  }

  @inline(__always)
  func firstInputChannel(of channel: Int) -> Int { channel / filterCount &* filterDepth }
}
