/// Element types and quantization that kernels rely on.
extension OperatorCheck {
  /// Convolutions and matrix products: weights and bias fit the activations.
  ///
  /// - Parameters:
  ///   - channelAxis: the axis of the weights that output channels run along.
  ///   - value, bias: places of the other operands.
  func checkWeightTypes(
    channelAxis: Int, value: Int = 0, bias biasInput: Int = 2
  ) throws(ModelError) {
    let type = try input(value).elementType
    let weights = try input(1)
    let isFloat = type == .float32
    let fits =
      switch type {
      // int8 under float32 is the hybrid form; which kernels exist is the executor's matter.
      case .float32: [.float32, .int8, .int4].contains(weights.elementType)
      case .int8, .int16: weights.elementType == .int8 || weights.elementType == .int4
      default: weights.elementType == type
      }
    try require(fits, "weights of a type that goes with \(type)")
    if let quantization = weights.quantization, quantization.isPerChannel {
      try require(
        quantization.axis == channelAxis, "scales along axis \(channelAxis) of the weights")
    }
    if let bias = optionalInput(biasInput) {
      let isWide = bias.elementType == .int32 || bias.elementType == .int64
      try require(
        isFloat ? bias.elementType == .float32 : isWide,
        isFloat ? "a float32 bias" : "an int32 or int64 bias")
    }
  }
}

extension Tensor {
  /// Checks that constant and quantization fit shape and type.
  ///
  /// - Throws: `ModelError` at `place`.
  func validate(place: String) throws(ModelError) {
    if let constant, constant.byteCount != byteCount {
      throw ModelError(
        place: place, found: "\(constant.byteCount) bytes", expected: "\(byteCount)")
    }
    guard let quantization, let range = elementType.quantizedRange else { return }
    let count = quantization.scales.count
    let axis = quantization.axis
    // A bias has one axis, whichever its file names: converters copy that of the weights.
    let isAlongAxis =
      (0..<shape.rank).contains(axis) && shape[axis] == count || shape.dimensions == [count]
    guard count == 1 || (isAlongAxis && constant != nil) else {
      throw ModelError(
        place: place, found: "\(count) scales on axis \(axis) of \(shape)",
        expected: "one, or for a constant one for each index of the axis")
    }
    for scale in quantization.scales where !(scale > 0 && scale.isFinite) {
      throw ModelError(
        place: place, found: "the scale \(scale)", expected: "a positive, finite scale")
    }
    for zeroPoint in quantization.zeroPoints where !range.contains(zeroPoint) {
      throw ModelError(
        place: place, found: "the zero point \(zeroPoint)", expected: "one in \(range)")
    }
  }
}

extension ElementType {
  /// Values that quantized elements take; nil for types that are not quantized.
  var quantizedRange: ClosedRange<Int>? {
    switch self {
    case .int4: -8...7
    case .int8: -128...127
    case .uint8: 0...255
    case .int16: -32_768...32_767
    case .int32: Int(Int32.min)...Int(Int32.max)
    default: nil
    }
  }
}
