import NeuralNetworks

/// `CONV_2D`: plain loops over NHWC activations and OHWI weights.
enum ConvolutionKernels {
  /// Accumulates in 32 bits that wrap, as the devices do: exact up to 65,793 taps, since
  /// |activation - zero point| <= 255 and |weight| <= 128.
  static func int8(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    try quantized(context, Int8.self, weights: Int8.self, sum: Int32.self)
  }

  /// The 8-bit form before 2019: weights have a zero point. 32 bits are exact up to 33,025 taps.
  static func uint8(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    try quantized(context, UInt8.self, weights: UInt8.self, sum: Int32.self)
  }

  /// 16-bit activations. The bias says in how many bits sums are kept; wrapping as on the device.
  static func int16(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    if let wide = try quantized(context, Int16.self, weights: Int8.self, sum: Int64.self) {
      return wide
    }
    return try quantized(context, Int16.self, weights: Int8.self, sum: Int32.self)
  }

  private static func quantized<Value: StoredInteger, Weight: StoredInteger, Sum: Accumulator>(
    _ context: KernelContext, _: Value.Type, weights: Weight.Type, sum: Sum.Type
  ) throws(ModelError) -> KernelBody? {
    guard
      context.hasTypes(
        Value.elementType, weights: Weight.elementType, bias: Sum.elementType),
      case .conv2D(let convolution) = context.op.operation
    else { return nil }
    let geometry = WindowGeometry(context, convolution)
    let groups = ChannelGroups(geometry, filterDepth: context.input(1).shape[3])
    let filters = try FilterQuantization(
      context, axis: 0, channels: geometry.outputChannels, sum: Sum.self,
      activation: convolution.activation)
    return { operands in
      let input = operands.input(0, as: Value.self)
      let weights = operands.input(1, as: Weight.self)
      let bias = operands.bias(as: Sum.self)
      let output = operands.output(as: Value.self)
      let (depth, channels) = (groups.filterDepth, geometry.outputChannels)
      let filterSize = geometry.filterHeight &* geometry.filterWidth &* depth
      let (inputZero, filterZero) = (Sum(filters.inputZeroPoint), Sum(filters.zeroPoint))
      geometry.forEachPosition { pixel, batch, top, left in
        for channel in 0..<channels {
          var sum = bias?[channel] ?? 0
          let first = groups.firstInputChannel(of: channel)
          geometry.forEachTap(batch: batch, top: top, left: left) { tap, source in
            let values = input + (source &* geometry.inputChannels &+ first)
            let filter = weights + (channel &* filterSize &+ tap &* depth)
            for index in 0..<depth {
              let value = Sum(truncatingIfNeeded: values[index]) &- inputZero
              sum &+= value &* (Sum(truncatingIfNeeded: filter[index]) &- filterZero)
            }
          }
          output[pixel &* channels &+ channel] = filters.stage.stored(sum, channel: channel)
        }
      }
    }
  }

  static func float32(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    guard context.input(0).elementType == .float32, context.input(1).elementType == .float32,
      context.output.elementType == .float32, context.hasBias(of: .float32),
      case .conv2D(let convolution) = context.op.operation
    else { return nil }
    let geometry = WindowGeometry(context, convolution)
    let groups = ChannelGroups(geometry, filterDepth: context.input(1).shape[3])
    let range = context.floatRange(of: convolution.activation)
    return { operands in
      let input = operands.input(0, as: Float.self)
      let weights = operands.input(1, as: Float.self)
      let bias = operands.bias(as: Float.self)
      let output = operands.output(as: Float.self)
      let (depth, channels) = (groups.filterDepth, geometry.outputChannels)
      let filterSize = geometry.filterHeight &* geometry.filterWidth &* depth
      geometry.forEachPosition { pixel, batch, top, left in
        for channel in 0..<channels {
          var sum: Float = 0
          let first = groups.firstInputChannel(of: channel)
          geometry.forEachTap(batch: batch, top: top, left: left) { tap, source in
            let values = input + (source &* geometry.inputChannels &+ first)
            let filter = weights + (channel &* filterSize &+ tap &* depth)
            for index in 0..<depth { sum += values[index] * filter[index] }
          }
          let biased = sum + (bias?[channel] ?? 0)
          output[pixel &* channels &+ channel] = min(max(biased, range.low), range.high)
        }
      }
    }
  }
}

extension KernelContext {
  /// Whether the third input is absent or of the type.
  func hasBias(of type: ElementType) -> Bool {
    optionalInput(2).map { $0.elementType == type } ?? true
  }
}

extension KernelOperands {
  @inline(__always)
  func bias<Element>(as type: Element.Type) -> UnsafePointer<Element>? {
    optionalInput(2, as: type)
  }
}
