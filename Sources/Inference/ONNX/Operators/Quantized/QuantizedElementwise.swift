import NeuralNetworks

/// Operators of `com.microsoft` element by element on 8-bit tensors.
enum QuantizedElementwise {
  /// A tensor, its scale and its zero point, at three inputs in a row.
  private struct Operand {
    let tensor: TensorValue
    let scale: Float
    let zeroPoint: Int32

    init(_ call: OperatorCall, _ index: Int) throws(ModelError) {
      tensor = try call.byteInput(index)
      scale = try call.scale(index + 1)
      zeroPoint = try call.zeroPoints(index + 2, of: tensor.elementType)[0]
    }
  }

  /// In units of the output's scale, with fused multiply-adds, as ONNX Runtime's AVX2 kernel.
  static func add(_ call: OperatorCall) throws(ModelError) -> TensorValue {
    let (a, b) = (try Operand(call, 0), try Operand(call, 3))
    let scale = try call.scale(6)
    let output = try call.byteOutput(zeroPoint: 7, default: a.tensor.elementType)
    let (aRatio, bRatio) = (a.scale / scale, b.scale / scale)
    let zeros = (aRatio * Float(a.zeroPoint)) + (bRatio * Float(b.zeroPoint))
    let fixed = Float(output.rounding.zeroPoint) - zeros
    let rounding = Requantization(range(output.type), zeroPoint: 0)
    return try combine(call, a, b, output.type) { left, right, isLeftFixed, isRightFixed in
      let (x, y) = (Float(left), Float(right))
      let sum =
        if isLeftFixed {
          (fixed + x * aRatio).addingProduct(y, bRatio)
        } else if isRightFixed {
          (fixed + y * bRatio).addingProduct(x, aRatio)
        } else {
          fixed.addingProduct(y, bRatio).addingProduct(x, aRatio)
        }
      return rounding.integer(sum)
    }
  }

  static func multiply(_ call: OperatorCall) throws(ModelError) -> TensorValue {
    let (a, b) = (try Operand(call, 0), try Operand(call, 3))
    let scale = try call.scale(6)
    let output = try call.byteOutput(zeroPoint: 7, default: a.tensor.elementType)
    let ratio = a.scale * b.scale / scale
    let zeroPoint = Float(output.rounding.zeroPoint)
    let rounding = Requantization(range(output.type), zeroPoint: 0)
    return try combine(call, a, b, output.type) { left, right, _, _ in
      let product = (left &- a.zeroPoint) &* (right &- b.zeroPoint)
      return rounding.integer(Float(product) * ratio + zeroPoint)
    }
  }

  private static func range(_ type: ElementType) -> ClosedRange<Int32> {
    type == .int8 ? -128...127 : 0...255
  }

  /// `function` of all pairs, and of whether each side stays the same along the row.
  private static func combine(
    _ call: OperatorCall, _ a: Operand, _ b: Operand, _ type: ElementType,
    _ function: (Int32, Int32, Bool, Bool) -> Int32
  ) throws(ModelError) -> TensorValue {
    guard a.tensor.elementType == type, b.tensor.elementType == type else {
      throw call.problem(
        "inputs", found: "\(a.tensor.elementType.rawValue) and \(b.tensor.elementType.rawValue)",
        expected: "the output's, \(type.rawValue)")
    }
    let broadcast = try Broadcast([a.tensor.shape, b.tensor.shape])
    let result = try NewTensor<UInt8>(type, broadcast.shape)
    let (left, right) = (try a.tensor.smallIntegers(), try b.tensor.smallIntegers())
    let (aStride, bStride) = (broadcast.rowStrides[0], broadcast.rowStrides[1])
    broadcast.forEachRow { start, operands in
      for i in 0..<broadcast.rowLength {
        let (x, y) = (left[operands[0] + i * aStride], right[operands[1] + i * bStride])
        result[start + i] = UInt8(
          truncatingIfNeeded: function(x, y, aStride == 0, bStride == 0))
      }
    }
    return result.value
  }

  /// An operator of one input: a table of the function for all 256 values.
  static func function(
    _ make: @escaping @Sendable (OperatorCall) throws(ModelError) -> (@Sendable (Float) -> Float)
  ) -> OperatorBody {
    one { call throws(ModelError) in
      let input = try Operand(call, 0)
      let scale = try call.scale(3)
      let output = try call.byteOutput(zeroPoint: 4, default: input.tensor.elementType)
      guard output.type == input.tensor.elementType else {
        throw output.type.unsuitable(expected: input.tensor.elementType.rawValue)
      }
      return try map(input, scale, output.rounding, make(call))
    }
  }

  private static func map(
    _ input: Operand, _ scale: Float, _ rounding: Requantization, _ function: (Float) -> Float
  ) throws(ModelError) -> TensorValue {
    let isSigned = input.tensor.elementType == .int8
    let table = (0..<256).map { byte in
      let integer = isSigned ? Int32(Int8(truncatingIfNeeded: byte)) : Int32(byte)
      let real = input.scale * Float(integer - input.zeroPoint)
      return UInt8(truncatingIfNeeded: rounding.integer(function(real) / scale))
    }
    let result = try NewTensor<UInt8>(input.tensor.elementType, input.tensor.shape)
    let elements = input.tensor.elements(as: UInt8.self)
    for index in 0..<elements.count { result[index] = table[Int(elements[index])] }
    return result.value
  }

  static func leakyRelu(
    _ call: OperatorCall
  ) throws(ModelError) -> (@Sendable (Float) -> Float) {
    let alpha = try call.float("alpha", default: 0.01)
    return { $0 >= 0 ? $0 : alpha * $0 }
  }

  static func sigmoid(_ call: OperatorCall) -> (@Sendable (Float) -> Float) {
    { Float.sigmoid($0) }
  }

  /// Inputs 0 and 1 are the output's scale and zero point, then each tensor with its own.
  static func concat(_ call: OperatorCall) throws(ModelError) -> TensorValue {
    guard call.inputs.count >= 5, call.inputs.count % 3 == 2 else {
      throw call.problem(
        "inputs", found: "\(call.inputs.count)", expected: "2 and 3 for each tensor")
    }
    let scale = try call.scale(0)
    let output = try call.byteOutput(zeroPoint: 1, default: .uint8)
    var parts: [TensorValue] = []
    for index in stride(from: 2, to: call.inputs.count, by: 3) {
      parts.append(try requantized(call, index, scale, output))
    }
    let axis = try call.required("axis", call.optionalInt("axis"))
    return try MovementOperators.concatenate(
      parts, axis: normalized(axis, rank: parts[0].rank, place: "attribute \"axis\""))
  }

  /// Elements of the second where the condition is true, else of the third.
  static func choose(_ call: OperatorCall) throws(ModelError) -> TensorValue {
    let scale = try call.scale(7)
    let output = try call.byteOutput(zeroPoint: 8, default: .uint8)
    let condition = try LogicOperators.truth(call, 0)
    let (x, y) = (
      try requantized(call, 1, scale, output), try requantized(call, 4, scale, output)
    )
    return try LogicOperators.choose(condition, x, y)
  }

  /// A tensor in the quantization of the output. Equal quantizations round to themselves.
  private static func requantized(
    _ call: OperatorCall, _ index: Int, _ scale: Float,
    _ output: (type: ElementType, rounding: Requantization)
  ) throws(ModelError) -> TensorValue {
    let part = try Operand(call, index)
    guard part.tensor.elementType == output.type else {
      throw call.problem(
        "input \(index)", found: part.tensor.elementType.rawValue, expected: output.type.rawValue)
    }
    if part.scale == scale, part.zeroPoint == output.rounding.zeroPoint { return part.tensor }
    return try map(part, scale, output.rounding) { $0 }
  }
}
