import NeuralNetworks

/// `DEPTHWISE_CONV_2D`: plain loops over NHWC activations and 1HW(C x multiplier) weights.
enum DepthwiseKernels {
  /// Accumulates in 32 bits that wrap; exact up to 65,793 taps (see `ConvolutionKernels.int8`).
  static func int8(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    guard context.input(0).elementType == .int8, context.input(1).elementType == .int8,
      context.output.elementType == .int8, context.hasBias(of: .int32),
      case .depthwiseConv2D(let convolution, let multiplier) = context.op.operation
    else { return nil }
    let geometry = WindowGeometry(context, convolution)
    let scales = try context.weightScales(
      of: context.input(1), axis: 3, count: geometry.outputChannels)
    let stage = try OutputStage(
      context, weightScales: scales, activation: convolution.activation, vectorWidth: 8)
    let zeroPoint = try context.quantization(of: context.input(0)).zeroPoint
    return { operands in
      let input = operands.input(0, as: Int8.self)
      let weights = operands.input(1, as: Int8.self)
      let bias = operands.bias(as: Int32.self)
      let output = operands.output(as: Int8.self)
      let (depth, channels) = (geometry.inputChannels, geometry.outputChannels)
      geometry.forEachPosition { pixel, batch, top, left in
        for channel in 0..<channels {
          var sum = bias?[channel] ?? 0
          geometry.forEachTap(batch: batch, top: top, left: left) { tap, source in
            let value = Int32(input[source &* depth &+ channel / multiplier])
            sum &+= (value &- zeroPoint) &* Int32(weights[tap &* channels &+ channel])
          }
          output[pixel &* channels &+ channel] = stage.stored(sum, channel: channel)
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
