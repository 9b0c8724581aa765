import NeuralNetworks

/// Products and convolutions of 8-bit integers, summed exactly in 32 bits (sums wrap around).
enum IntegerOperators {
  static func matMulInteger(_ call: OperatorCall) throws(ModelError) -> TensorValue {
    let left = try centered(call.input(0), zero: call.optionalInput(2), axisFromEnd: 2)
    let right = try centered(call.input(1), zero: call.optionalInput(3), axisFromEnd: 1)
    return try MatrixOperators.multiply(left, right, call)
  }

  static func convInteger(_ call: OperatorCall) throws(ModelError) -> TensorValue {
    let input = try centered(call.input(0), zero: call.optionalInput(2), axisFromEnd: nil)
    let weights = try centeredWeights(call.input(1), zero: call.optionalInput(3))
    return try ConvolutionOperators.convolve(call, input, weights, nil, Int32.self)
  }

  /// Inputs: a, its scale and zero point, b, its, and the output's.
  static func qLinearMatMul(_ call: OperatorCall) throws(ModelError) -> TensorValue {
    let left = try centered(call.input(0), zero: call.input(2), axisFromEnd: 2)
    let right = try centered(call.input(3), zero: call.input(5), axisFromEnd: 1)
    let sums = try MatrixOperators.multiply(left, right, call)
    let (leftScale, rightScale) = (try call.input(1), try call.input(4))
    let rows = try column(leftScale, of: left.rank)
    let scales = try ArithmeticOperators.apply(
      ArithmeticOperators.Multiply(), to: rows.converted(to: .float32),
      rightScale.converted(to: .float32))
    return try requantize(sums, scales: scales, call.input(6), call.input(7))
  }

  /// Inputs: x, its scale and zero point, w, its, the output's, and the bias.
  static func qLinearConv(_ call: OperatorCall) throws(ModelError) -> TensorValue {
    let input = try centered(call.input(0), zero: call.input(2), axisFromEnd: nil)
    let weights = try centeredWeights(call.input(3), zero: call.input(5))
    let sums = try ConvolutionOperators.convolve(
      call, input, weights, call.optionalInput(8), Int32.self)
    let weightScale = try call.input(4).converted(to: .float32)
    guard weightScale.count == 1 || weightScale.count == weights.shape[0] else {
      throw call.problem(
        "weight scale", found: "\(weightScale.count)", expected: "1 or \(weights.shape[0])")
    }
    let shape = [weightScale.count] + Array(repeating: 1, count: sums.rank - 2)
    let scales = try ArithmeticOperators.apply(
      ArithmeticOperators.Multiply(), to: weightScale.reshaped(Shape(shape)),
      call.input(1).converted(to: .float32))
    return try requantize(sums, scales: scales, call.input(6), call.input(7))
  }

  /// round(sum * scale / output scale) + zero point, saturated; ties go to even.
  static func requantize(
    _ sums: TensorValue, scales: TensorValue, _ outputScale: TensorValue, _ zero: TensorValue
  ) throws(ModelError) -> TensorValue {
    guard outputScale.count == 1, zero.count == 1 else {
      throw ModelError(
        place: "output scale and zero point", found: "\(outputScale.count), \(zero.count)",
        expected: "one of each")
    }
    let factors = try ArithmeticOperators.apply(
      ArithmeticOperators.Divide(), to: scales,
      outputScale.reshaped([]).converted(to: .float32))
    let real = try ArithmeticOperators.apply(
      ArithmeticOperators.Multiply(), to: sums.converted(to: .float32), factors)
    guard real.shape == sums.shape else {
      throw ModelError(
        place: "scales", found: "\(factors.shape)", expected: "broadcast to \(sums.shape)")
    }
    return try QuantizationOperators.quantize(
      real, scale: TensorValue(scalar: Float(1)), zero: zero.reshaped([]),
      type: zero.elementType, .whole)
  }

  /// The elements minus their zero point, as `int32`. A vector of zero points belongs to rows
  /// (`axisFromEnd` 2) or columns (1).
  static func centered(
    _ tensor: TensorValue, zero: TensorValue?, axisFromEnd: Int?
  ) throws(ModelError) -> TensorValue {
    guard [.int8, .uint8, .int16, .uint16].contains(tensor.elementType) else {
      throw tensor.elementType.unsuitable(expected: "int8 or uint8")
    }
    let wide = try tensor.converted(to: .int32)
    guard let zero else { return wide }
    try ArithmeticOperators.sameType(tensor, zero)
    var shaped = zero.count == 1 ? zero.reshaped([]) : zero
    if axisFromEnd == 2 { shaped = try column(shaped, of: tensor.rank) }
    guard zero.count == 1 || axisFromEnd != nil else {
      throw ModelError(place: "zero point", found: "\(zero.count)", expected: "one")
    }
    return try ArithmeticOperators.apply(
      ArithmeticOperators.Subtract(), to: wide, shaped.converted(to: .int32))
  }

  private static func centeredWeights(
    _ weights: TensorValue, zero: TensorValue?
  ) throws(ModelError) -> TensorValue {
    guard let zero, zero.count > 1, weights.rank > 0, zero.count == weights.shape[0] else {
      return try centered(weights, zero: zero, axisFromEnd: nil)
    }
    let shape = [zero.count] + Array(repeating: 1, count: weights.rank - 1)
    return try ArithmeticOperators.apply(
      ArithmeticOperators.Subtract(), to: weights.converted(to: .int32),
      zero.reshaped(Shape(shape)).converted(to: .int32))
  }

  /// A vector with one number for each row of a matrix, so that it is broadcast along columns.
  private static func column(
    _ tensor: TensorValue, of rank: Int
  ) throws(ModelError) -> TensorValue {
    tensor.rank == 1 && rank >= 2 && tensor.count > 1
      ? tensor.reshaped(Shape([tensor.count, 1])) : tensor
  }
}
