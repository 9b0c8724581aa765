import NeuralNetworks

/// Averages of 8-bit tensors, of `com.microsoft`.
enum QuantizedPoolOperators {
  /// The mean of all elements of a channel.
  static func globalAveragePool(_ call: OperatorCall) throws(ModelError) -> TensorValue {
    let isLast = try call.flag("channels_last")
    let input = try call.byteInput(0).channelsFirst(isLast)
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
    return try result.value.channelsLast(isLast)
  }

  /// The mean over a window, of real numbers.
  static func averagePool(_ call: OperatorCall) throws(ModelError) -> TensorValue {
    let isLast = try call.flag("channels_last")
    let input = try call.byteInput(0).channelsFirst(isLast)
    guard input.rank >= 3 else {
      throw call.problem("input 0", found: "shape \(input.shape)", expected: "at least 3 axes")
    }
    let x = try call.quantization(scale: 1, zeroPoint: 2, of: input.elementType)
    let yScale = try call.scale(3)
    let output = try call.byteOutput(zeroPoint: 4, default: input.elementType)
    let dimensions = input.shape.dimensions
    let plan = try WindowPlan(
      call, input.shape, kernel: call.required("kernel_shape", call.ints("kernel_shape")))
    let shape = try checkedShape(Array(dimensions[..<2]) + plan.outputExtents)
    try call.count(macs: shape.elementCount * plan.kernelCount)
    let result = try NewTensor<UInt8>(output.type, shape)
    let values = input.centered(x.zeroPoints[0]).map { x.scales[0] * Float($0) }
    let range: ClosedRange<Int32> = output.type == .int8 ? -128...127 : 0...255
    let rounding = Requantization(range, zeroPoint: 0)
    let zeroPoint = Float(output.rounding.zeroPoint)
    let countsPadding = try call.flag("count_include_pad")
    let (size, outputs) = (plan.inputCount, plan.outputCount)
    plan.forEachWindow { plane, number, window in
      var (sum, count): (Float, Int) = (0, 0)
      window.forEachTap { place in
        sum += values[plane * size + place]
        count += 1
      }
      let divisor = Float(countsPadding ? plan.kernelCount : count)
      let integer = rounding.integer(sum / divisor / yScale + zeroPoint)
      result[plane * outputs + number] = UInt8(truncatingIfNeeded: integer)
    }
    return try result.value.channelsLast(isLast)
  }
}

extension TensorValue {
  /// `[batch][channel][spatial]`, of a tensor that has its channels there or last.
  func channelsFirst(_ isLast: Bool) throws(ModelError) -> TensorValue {
    isLast && rank >= 3 ? try transposed([0, rank - 1] + Array(1..<rank - 1)) : self
  }

  /// The way back.
  func channelsLast(_ isLast: Bool) throws(ModelError) -> TensorValue {
    isLast ? try transposed([0] + Array(2..<rank) + [1]) : self
  }
}
