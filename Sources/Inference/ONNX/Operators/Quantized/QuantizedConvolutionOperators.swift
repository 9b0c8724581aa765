import NeuralNetworks

enum QuantizedConvolutionOperators {
  /// `y = saturate(round((x * w + bias) * (xScale * wScale / yScale)) + yZeroPoint)`.
  static func qLinearConv(_ call: OperatorCall) throws(ModelError) -> TensorValue {
    let isLast = try call.flag("channels_last")
    let input = try channelsFirst(call.byteInput(0), isLast)
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
    return try channelsLast(result.value, isLast)
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

  /// The mean of all elements of a channel.
  static func globalAveragePool(_ call: OperatorCall) throws(ModelError) -> TensorValue {
    let isLast = try call.flag("channels_last")
    let input = try channelsFirst(call.byteInput(0), isLast)
    guard input.rank >= 3 else {
      throw call.problem("input 0", found: "shape \(input.shape)", expected: "at least 3 axes")
    }
    let x = try call.quantization(scale: 1, zeroPoint: 2, of: input.elementType)
    let yScale = try call.scale(3)
    let output = try call.byteOutput(zeroPoint: 4, default: input.elementType)
    let outer = Array(input.shape.dimensions[..<2])
    let size = input.shape.dimensions[2...].reduce(1, *)
    let ones = [Int](repeating: 1, count: input.rank - 2)
    let result = try NewTensor<UInt8>(output.type, checkedShape(outer + ones))
    let multiplier = x.scales[0] / (yScale * Float(size))
    let values = input.centered(x.zeroPoints[0])
    for channel in 0..<result.count {
      // At most 2^31 elements of 9 bits; ONNX Runtime refuses those that do not fit in 32.
      var sum = 0
      for i in 0..<size { sum &+= Int(values[channel * size + i]) }
      let integer = output.rounding.integer(Float(Int32(truncatingIfNeeded: sum)) * multiplier)
      result[channel] = UInt8(truncatingIfNeeded: integer)
    }
    return try channelsLast(result.value, isLast)
  }

  /// The mean over a window, of real numbers.
  static func averagePool(_ call: OperatorCall) throws(ModelError) -> TensorValue {
    let isLast = try call.flag("channels_last")
    let input = try channelsFirst(call.byteInput(0), isLast)
    guard input.rank >= 3 else {
      throw call.problem("input 0", found: "shape \(input.shape)", expected: "at least 3 axes")
    }
    let x = try call.quantization(scale: 1, zeroPoint: 2, of: input.elementType)
    let yScale = try call.scale(3)
    let output = try call.byteOutput(zeroPoint: 4, default: input.elementType)
    let dimensions = input.shape.dimensions
    let window = try SpatialWindow(call, input: Array(dimensions[2...]))
    let shape = try checkedShape(Array(dimensions[..<2]) + window.output)
    try call.count(macs: shape.elementCount * window.kernel.reduce(1, *))
    let result = try NewTensor<UInt8>(output.type, shape)
    let values = input.centered(x.zeroPoints[0]).map { x.scales[0] * Float($0) }
    let range: ClosedRange<Int32> = output.type == .int8 ? -128...127 : 0...255
    let rounding = Requantization(range, zeroPoint: 0)
    let zeroPoint = Float(output.rounding.zeroPoint)
    let countsPadding = try call.flag("count_include_pad")
    let (size, whole) = (window.input.reduce(1, *), Float(window.kernel.reduce(1, *)))
    let outputSize = window.output.reduce(1, *)
    window.forEachWindow { index, places in
      let divisor = countsPadding ? whole : Float(places.count)
      for plane in 0..<(dimensions[0] * dimensions[1]) {
        var sum: Float = 0
        for place in places { sum += values[plane * size + place] }
        let integer = rounding.integer(sum / divisor / yScale + zeroPoint)
        result[plane * outputSize + index] = UInt8(truncatingIfNeeded: integer)
      }
    }
    return try channelsLast(result.value, isLast)
  }

  private static func channelsFirst(
    _ tensor: TensorValue, _ isLast: Bool
  ) throws(ModelError) -> TensorValue {
    guard isLast, tensor.rank >= 3 else { return tensor }
    return try tensor.transposed([0, tensor.rank - 1] + Array(1..<tensor.rank - 1))
  }

  private static func channelsLast(
    _ tensor: TensorValue, _ isLast: Bool
  ) throws(ModelError) -> TensorValue {
    isLast ? try tensor.transposed([0] + Array(2..<tensor.rank) + [1]) : tensor
  }
}
