import NeuralNetworks

/// `TRANSPOSE_CONV`, `CONV_3D` and `CONV_3D_TRANSPOSE`.
enum VolumeKernels {
  static func transposedInt8(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    try transposedQuantized(context, Int8.self, weights: Int8.self, sum: Int32.self)
  }

  static func transposedUInt8(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    try transposedQuantized(context, UInt8.self, weights: UInt8.self, sum: Int32.self)
  }

  static func transposedInt16(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    if let wide = try transposedQuantized(context, Int16.self, weights: Int8.self, sum: Int64.self)
    {
      return wide
    }
    return try transposedQuantized(context, Int16.self, weights: Int8.self, sum: Int32.self)
  }

  /// Exact where `ConvolutionKernels` are: an output element has at most as many taps.
  private static func transposedQuantized<
    Value: StoredInteger, Weight: StoredInteger, Sum: Accumulator
  >(
    _ context: KernelContext, _: Value.Type, weights: Weight.Type, sum: Sum.Type
  ) throws(ModelError) -> KernelBody? {
    guard
      context.hasTypes(
        Value.elementType, weights: Weight.elementType, bias: Sum.elementType, valueInput: 2,
        biasInput: 3),
      case .transposeConv2D(let convolution) = context.op.operation
    else { return nil }
    let geometry = VolumeGeometry(context, transposed: convolution)
    let filters = try FilterQuantization(
      context, axis: 0, channels: geometry.outputChannels, sum: Sum.self,
      activation: convolution.activation, valueInput: 2)
    let hasBias = context.optionalInput(3) != nil
    return { operands in
      let input = operands.input(2, as: Value.self)
      let weights = operands.input(1, as: Weight.self)
      let bias = hasBias ? operands.input(3, as: Sum.self) : nil
      let output = operands.output(as: Value.self)
      let (depth, channels) = (geometry.inputChannels, geometry.outputChannels)
      let taps = geometry.height.filter &* geometry.width.filter
      let (inputZero, filterZero) = (Sum(filters.inputZeroPoint), Sum(filters.zeroPoint))
      geometry.forEachPosition { index, batch, z, y, x in
        for channel in 0..<channels {
          var sum = bias?[channel] ?? 0
          geometry.forEachTap(batch: batch, z, y, x) { tap, source in
            let values = input + source &* depth
            let filter = weights + (channel &* taps &+ tap) &* depth
            for index in 0..<depth {
              let value = Sum(truncatingIfNeeded: values[index]) &- inputZero
              sum &+= value &* (Sum(truncatingIfNeeded: filter[index]) &- filterZero)
            }
          }
          output[index &* channels &+ channel] = filters.stage.stored(sum, channel: channel)
        }
      }
    }
  }

  static func transposedFloat32(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    guard case .transposeConv2D(let convolution) = context.op.operation else { return nil }
    let geometry = VolumeGeometry(context, transposed: convolution)
    let (depth, taps) = (
      geometry.inputChannels, geometry.height.filter * geometry.width.filter
    )
    return float32(
      context, geometry, valueInput: 2, activation: convolution.activation,
      strides: (tap: depth, input: 1, output: taps * depth))
  }

  static func volumeFloat32(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    guard case .conv3D(let convolution) = context.op.operation else { return nil }
    let geometry = VolumeGeometry(context, convolution, isTransposed: false)
    let (depth, channels) = (geometry.inputChannels, geometry.outputChannels)
    return float32(
      context, geometry, valueInput: 0, activation: convolution.activation,
      strides: (tap: depth * channels, input: channels, output: 1))
  }

  static func transposedVolumeFloat32(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    guard case .conv3DTranspose(let convolution) = context.op.operation else { return nil }
    let geometry = VolumeGeometry(context, convolution, isTransposed: true)
    let (depth, channels) = (geometry.inputChannels, geometry.outputChannels)
    return float32(
      context, geometry, valueInput: 2, activation: convolution.activation,
      strides: (tap: depth * channels, input: 1, output: depth))
  }

  /// - Parameter strides: of the weights, along taps, input channels and output channels.
  private static func float32(
    _ context: KernelContext, _ geometry: VolumeGeometry, valueInput: Int,
    activation: Activation, strides: (tap: Int, input: Int, output: Int)
  ) -> KernelBody? {
    let biasInput = valueInput == 0 ? 2 : 3
    guard
      context.hasTypes(
        .float32, weights: .float32, bias: .float32, valueInput: valueInput,
        biasInput: biasInput)
    else { return nil }
    let range = context.floatRange(of: activation)
    let hasBias = context.optionalInput(biasInput) != nil
    return { operands in
      let input = operands.input(valueInput, as: Float.self)
      let weights = operands.input(1, as: Float.self)
      let bias = hasBias ? operands.input(biasInput, as: Float.self) : nil
      let output = operands.output(as: Float.self)
      let (depth, channels) = (geometry.inputChannels, geometry.outputChannels)
      geometry.forEachPosition { index, batch, z, y, x in
        for channel in 0..<channels {
          var sum: Float = 0
          geometry.forEachTap(batch: batch, z, y, x) { tap, source in
            let values = input + source &* depth
            let filter = weights + (tap &* strides.tap &+ channel &* strides.output)
            for index in 0..<depth { sum += values[index] * filter[index &* strides.input] }
          }
          let biased = sum + (bias?[channel] ?? 0)
          output[index &* channels &+ channel] = min(max(biased, range.low), range.high)
        }
      }
    }
  }
}
