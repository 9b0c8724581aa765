import Glibc
import NeuralNetworks

/// `QLinearSoftmax`: a table of exponentials, as large as their sum allows, as ONNX Runtime has it.
enum QuantizedSoftmax {
  static func softmax(_ call: OperatorCall) throws(ModelError) -> TensorValue {
    let input = try call.byteInput(0)
    let opset = try call.required("opset", call.optionalInt("opset"))
    let axis = try call.axis("axis", default: opset < 13 ? 1 : -1, rank: input.rank)
    let (xScale, yScale) = (try call.scale(1), try call.scale(3))
    let output = try call.byteOutput(zeroPoint: 4, default: input.elementType)
    guard output.type == input.elementType else {
      throw output.type.unsuitable(expected: input.elementType.rawValue)
    }
    let dimensions = input.shape.dimensions
    guard opset >= 13, axis < input.rank - 1 else {
      let length = dimensions[axis...].reduce(1, *)
      return try rows(of: input, length: length, xScale, yScale, output.rounding)
    }
    var order = Array(0..<input.rank)
    order.swapAt(axis, input.rank - 1)
    let turned = try input.transposed(order)
    return try rows(
      of: turned, length: dimensions[axis], xScale, yScale, output.rounding
    ).transposed(order)
  }

  private static func rows(
    of input: TensorValue, length: Int, _ xScale: Float, _ yScale: Float, _ rounding: Requantization
  ) throws(ModelError) -> TensorValue {
    let result = try NewTensor<UInt8>(input.elementType, input.shape)
    guard input.count > 0 else { return result.value }
    let exponentials = table(xScale, length: length)
    let inverse = (1 / yScale).rounded(.down)
    let values = try input.smallIntegers()
    for start in stride(from: 0, to: input.count, by: length) {
      let row = values[start..<start + length]
      // The largest element uses the last entry.
      let shift = 255 - Int(row.max() ?? 0)
      var sum: Float = 0
      for value in row { sum += exponentials[Int(value) + shift] }
      for (index, value) in row.enumerated() {
        let ratio = exponentials[Int(value) + shift] / sum * inverse
        result[start + index] = UInt8(truncatingIfNeeded: rounding.integer(ratio))
      }
    }
    return result.value
  }

  /// Exponentials of -255...0 steps of the scale, times what a sum of `length` may reach.
  private static func table(_ scale: Float, length: Int) -> [Float] {
    let room = log(Double(Float.greatestFiniteMagnitude / Float(length)))
    let shift = max(0, room - 5) / Double(scale)
    return (0..<256).map { Float(exp((Double($0) - 255 + shift) * Double(scale))) }
  }
}
