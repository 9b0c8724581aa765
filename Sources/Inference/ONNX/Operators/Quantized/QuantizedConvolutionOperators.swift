import NeuralNetworks

enum QuantizedConvolutionOperators {
  /// `y = saturate(round((x * w + bias) * (xScale * wScale / yScale)) + yZeroPoint)`.
  static func qLinearConv(_ call: OperatorCall) throws(ModelError) -> TensorValue {
    let isLast = try call.flag("channels_last")
    let input = try call.byteInput(0).channelsFirst(isLast)
    let weights = try call.byteInput(3)
    let channels = weights.rank > 0 ? weights.shape[0] : 0
    let x = try call.quantization(scale: 1, zeroPoint: 2, of: input.elementType)
    let w = try call.quantization(
      scale: 4, zeroPoint: 5, of: weights.elementType, channels: channels)
    let yScale = try call.scale(6)
    let output = try call.byteOutput(zeroPoint: 7, default: input.elementType)
    let convolution = try IntegerConvolution(
      call, input, zeroPoint: x.zeroPoints[0], weights, zeroPoints: w.zeroPoints)
    let bias = try bias(call, 8, channels)
    let result = try NewTensor<UInt8>(output.type, convolution.shape)
    try convolution.forEachRun { place, channel, count, sums, step in
      let multiplier = x.scales[0] * w.scale(channel) / yScale
      let (offset, target) = (bias[channel], result.base + place)
      for i in 0..<count {
        let value = Float(sums[i * step] &+ offset) * multiplier
        target[i] = UInt8(truncatingIfNeeded: output.rounding.integer(value))
      }
    }
    return try result.value.channelsLast(isLast)
  }

  static func convInteger(_ call: OperatorCall) throws(ModelError) -> TensorValue {
    let (input, weights) = (try call.byteInput(0), try call.byteInput(1))
    let channels = weights.rank > 0 ? weights.shape[0] : 0
    let convolution = try IntegerConvolution(
      call, input, zeroPoint: call.zeroPoints(2, of: input.elementType)[0],
      weights, zeroPoints: call.zeroPoints(3, of: weights.elementType, channels: channels))
    let result = try NewTensor<Int32>(convolution.shape)
    try convolution.forEachRun { place, _, count, sums, step in
      for i in 0..<count { result.base[place + i] = sums[i * step] }
    }
    return result.value
  }

  private static func bias(
    _ call: OperatorCall, _ index: Int, _ channels: Int
  ) throws(ModelError) -> [Int32] {
    guard let bias = try call.optionalInput(index) else {
      return [Int32](repeating: 0, count: channels)
    }
    guard bias.elementType == .int32, bias.shape == Shape([channels]) else {
      throw call.problem(
        "input \(index) (bias)", found: "\(bias.elementType.rawValue) \(bias.shape)",
        expected: "\(channels) int32")
    }
    return try bias.smallIntegers()
  }
}
