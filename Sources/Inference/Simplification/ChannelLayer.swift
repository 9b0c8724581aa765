import NeuralNetworks

/// An operator as one that maps channels to channels: convolutions, matrix products, pools.
struct ChannelLayer {
  enum Kind {
    /// Every output channel sees every input channel.
    case mixing
    /// Each output channel sees the input channel of its index, with weights.
    case separate
    /// Channels pass as they are.
    case passing
  }

  let kind: Kind
  let input, output: Int
  let inputChannels, outputChannels: Int
  /// Taps of the filter; weights are `[output][tap][input]` of mixing layers, `[tap][channel]` of
  /// separate ones.
  let taps: Int
  private var weights: ConstantData
  let bias: [Int32]
  let zeroPoint: Int
  /// Whether some window reaches into the padding.
  let meetsPadding: Bool

  /// Nil for operators that are none of these, or not of int8 with constant weights.
  init?(_ context: KernelContext) {
    let op = context.op
    guard let input = op.inputs.first ?? nil, op.outputs.count == 1,
      context.input(0).elementType == .int8, context.output.elementType == .int8,
      let quantization = context.input(0).quantization, !quantization.isPerChannel,
      let inputChannels = context.input(0).shape.dimensions.last, inputChannels > 0,
      let outputChannels = context.output.shape.dimensions.last,
      let (kind, meetsPadding) = Self.kind(context)
    else { return nil }
    self.kind = kind
    self.meetsPadding = meetsPadding
    (self.input, output) = (input, op.outputs[0])
    (self.inputChannels, self.outputChannels) = (inputChannels, outputChannels)
    zeroPoint = quantization.zeroPoint
    guard kind != .passing else {
      (taps, weights, bias) = (0, ConstantData(bytes: []), [])
      return
    }
    guard context.hasInt8Weights, let constant = context.input(1).constant else { return nil }
    weights = constant
    bias =
      context.optionalInput(2)?.constant?.elements(as: Int32.self)
      ?? Array(repeating: 0, count: outputChannels)
    let perTap = kind == .mixing ? inputChannels * outputChannels : outputChannels
    taps = constant.byteCount / max(perTap, 1)
    guard taps * perTap == constant.byteCount, bias.count == outputChannels else { return nil }
  }

  private static func kind(_ context: KernelContext) -> (Kind, meetsPadding: Bool)? {
    switch context.op.operation {
    case .conv2D(let convolution):
      guard context.input(1).shape[3] == context.input(0).shape[3] else { return nil }
      return (.mixing, WindowGeometry(context, convolution).meetsPadding)
    case .depthwiseConv2D(let convolution, let multiplier):
      guard multiplier == 1 else { return nil }
      return (.separate, WindowGeometry(context, convolution).meetsPadding)
    case .fullyConnected:
      guard context.input(1).shape[1] == context.input(0).shape.dimensions.last,
        context.input(1).quantization?.zeroPoint == 0
      else { return nil }
      return (.mixing, false)
    case .averagePool2D, .maxPool2D, .reshape:
      guard context.input(0).shape.dimensions.last == context.output.shape.dimensions.last,
        context.input(0).quantization == context.output.quantization
      else { return nil }
      return (.passing, false)
    default: return nil
    }
  }

  /// With weights in memory: those that are made whenever they are read are read one by one.
  var loaded: ChannelLayer {
    var layer = self
    layer.weights = weights.inMemory
    return layer
  }

  func isZero(input: Int, output: Int) -> Bool {
    (0..<taps).allSatisfy { weight(input: input, output: output, tap: $0) == 0 }
  }

  func weight(input: Int, output: Int, tap: Int) -> Int8 {
    let index =
      kind == .separate
      ? tap * outputChannels + output : (output * taps + tap) * inputChannels + input
    return weights.withBytes { $0.load(fromByteOffset: index, as: Int8.self) }
  }

  /// What constant input channels add to the accumulator of an output channel; wraps as sums do.
  func folded(_ constants: [Int: Int8], output: Int) -> Int32 {
    constants.reduce(Int32(0)) { sum, constant in
      let value = Int32(constant.value) - Int32(zeroPoint)
      return (0..<taps).reduce(sum) {
        $0 &+ value &* Int32(weight(input: constant.key, output: output, tap: $1))
      }
    }
  }

  func outputStage(_ context: KernelContext) throws(ModelError) -> OutputStage {
    let activation: Activation
    var (axis, vectorWidth) = (0, 1)
    switch context.op.operation {
    case .conv2D(let convolution): activation = convolution.activation
    case .depthwiseConv2D(let convolution, _):
      activation = convolution.activation
      (axis, vectorWidth) = (3, 8)
    case .fullyConnected(let function, _, _): activation = function
    default: activation = .none
    }
    let scales = try context.weightScales(of: context.input(1), axis: axis, count: outputChannels)
    return try OutputStage(
      context, weightScales: scales, activation: activation, vectorWidth: vectorWidth)
  }

  /// Of a pool's activation.
  func clamp(_ context: KernelContext) -> (low: Int32, high: Int32) {
    switch context.op.operation {
    case .averagePool2D(let window), .maxPool2D(let window):
      guard let output = context.output.quantization else { return (-128, 127) }
      return context.int8Range(
        of: window.activation, scale: Double(output.scale), zeroPoint: Int32(output.zeroPoint))
    default: return (-128, 127)
    }
  }
}

extension WindowGeometry {
  /// Whether some window reaches beyond the input.
  var meetsPadding: Bool {
    let bottom =
      (outputHeight - 1) * strideHeight - paddingTop + (filterHeight - 1) * dilationHeight
    let right = (outputWidth - 1) * strideWidth - paddingLeft + (filterWidth - 1) * dilationWidth
    return paddingTop > 0 || paddingLeft > 0 || bottom >= inputHeight || right >= inputWidth
  }
}
