import NeuralNetworks

/// `DEPTHWISE_CONV_2D`: plain loops over NHWC activations and 1HW(C x multiplier) weights.
enum DepthwiseKernels {
  /// Accumulates in 32 bits that wrap; exact up to 65,793 taps (see `ConvolutionKernels.int8`).
  static func int8(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    try quantized(context, Int8.self, weights: Int8.self, sum: Int32.self)
  }

  static func uint8(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    try quantized(context, UInt8.self, weights: UInt8.self, sum: Int32.self)
  }

  static func int16(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    try quantized(context, Int16.self, weights: Int8.self, sum: Int64.self)
  }

  private static func quantized<Value: StoredInteger, Weight: StoredInteger, Sum: Accumulator>(
    _ context: KernelContext, _: Value.Type, weights: Weight.Type, sum: Sum.Type
  ) throws(ModelError) -> KernelBody? {
    guard
      context.hasTypes(
        Value.elementType, weights: Weight.elementType, bias: Sum.elementType),
      case .depthwiseConv2D(let convolution, let multiplier) = context.op.operation
    else { return nil }
    let geometry = WindowGeometry(context, convolution)
    let filters = try FilterQuantization(
      context, axis: 3, channels: geometry.outputChannels, sum: Sum.self,
      activation: convolution.activation, vectorWidth: 8)
    return { operands in
      let input = operands.input(0, as: Value.self)
      let weights = operands.input(1, as: Weight.self)
      let bias = operands.bias(as: Sum.self)
      let output = operands.output(as: Value.self)
      let (depth, channels) = (geometry.inputChannels, geometry.outputChannels)
      let (inputZero, filterZero) = (Sum(filters.inputZeroPoint), Sum(filters.zeroPoint))
      geometry.forEachPosition { pixel, batch, top, left in
        for channel in 0..<channels {
          var sum = bias?[channel] ?? 0
          geometry.forEachTap(batch: batch, top: top, left: left) { tap, source in
            let stored = input[source &* depth &+ channel / multiplier]
            let weight = Sum(truncatingIfNeeded: weights[tap &* channels &+ channel])
            sum &+= (Sum(truncatingIfNeeded: stored) &- inputZero) &* (weight &- filterZero)
          }
          output[pixel &* channels &+ channel] = filters.stage.stored(sum, channel: channel)
        }
      }
    }
  }

  static func float32(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    guard context.input(0).elementType == .float32, context.input(1).elementType == .float32,
      context.output.elementType == .float32, context.hasBias(of: .float32),
      case .depthwiseConv2D(let convolution, let multiplier) = context.op.operation
    else { return nil }
    let geometry = WindowGeometry(context, convolution)
    let range = context.floatRange(of: convolution.activation)
    return { operands in
      let input = operands.input(0, as: Float.self)
      let weights = operands.input(1, as: Float.self)
      let bias = operands.bias(as: Float.self)
      let output = operands.output(as: Float.self)
      let (depth, channels) = (geometry.inputChannels, geometry.outputChannels)
      geometry.forEachPosition { pixel, batch, top, left in
        for channel in 0..<channels {
          var sum: Float = 0
          geometry.forEachTap(batch: batch, top: top, left: left) { tap, source in
            sum +=
              input[source &* depth &+ channel / multiplier]
              * weights[tap &* channels &+ channel]
          }
          let biased = sum + (bias?[channel] ?? 0)
          output[pixel &* channels &+ channel] = min(max(biased, range.low), range.high)
        }
      }
    }
  }
}
