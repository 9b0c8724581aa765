import NeuralNetworks

/// Arithmetic on quantized operands of int8, uint8 and int16.
enum QuantizedBinaryKernels {
  static func prepare(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    switch context.output.elementType {
    case .int8: try prepare(context, Int8.self)
    case .uint8: try prepare(context, UInt8.self)
    case .int16: try prepare(context, Int16.self)
    default: nil
    }
  }

  private static func prepare<Element: FixedWidthInteger & Sendable>(
    _ context: KernelContext, _ type: Element.Type
  ) throws(ModelError) -> KernelBody? {
    guard case .binary(let operation, let activation) = context.op.operation,
      context.hasOperands(of: context.output.elementType), context.output.quantization != nil
    else { return nil }
    let operands = try QuantizedOperands(context, activation)
    switch operation {
    case .add: return try sum(context, operands, sign: 1, type)
    case .subtract: return try sum(context, operands, sign: -1, type)
    case .multiply: return try product(context, operands, type)
    case .divide where Element.bitWidth == 8: return try quotient(context, operands, type)
    case .squaredDifference: return try squaredDifference(context, operands, type)
    default: return nil
    }
  }

  /// Both inputs are brought to a common scale with more bits, added, and rescaled.
  ///
  /// Bound: |stored - zero point| <= 255 of 8 bits and 20 more, or < 2^16 and 15 more, so that
  /// shifted values stay below 2^31 and their halves' sum too.
  private static func sum<Element: FixedWidthInteger & Sendable>(
    _ context: KernelContext, _ q: QuantizedOperands, sign: Int32, _ type: Element.Type
  ) throws(ModelError) -> KernelBody {
    if context.arithmetic == .singleRounding {
      let sum = q.xnnpackSum(sign: sign)
      return context.binary { (x: Element, y: Element) -> Element in
        q.stored(sum.steps(Int32(x) &- q.left.zeroPoint, Int32(y) &- q.right.zeroPoint))
      }
    }
    let shift: Int32 = Element.bitWidth == 16 ? 15 : 20
    // tflite-micro's SUB divides 32-bit floats.
    let isSingle = sign < 0 && context.arithmetic == .doubleRounding
    let factors = q.commonScaleFactors(shift: shift, isSingle: isSingle)
    let left = try context.multiplier(factors.left)
    let right = try context.multiplier(factors.right)
    let output = try context.multiplier(factors.output)
    let arithmetic = context.elementwiseArithmetic
    return context.binary { (x: Element, y: Element) -> Element in
      let a = arithmetic.scale((Int32(x) &- q.left.zeroPoint) &<< shift, by: left)
      let b = arithmetic.scale((Int32(y) &- q.right.zeroPoint) &<< shift, by: right)
      let sum = a &+ sign &* b
      return q.stored(arithmetic.scale(sum, by: output))
    }
  }

  /// Bound: |product| <= 255^2 of 8 bits, and <= 2^30 of 16 bits, whose zero points are 0.
  private static func product<Element: FixedWidthInteger & Sendable>(
    _ context: KernelContext, _ q: QuantizedOperands, _ type: Element.Type
  ) throws(ModelError) -> KernelBody {
    let single = Float(q.left.scale) * Float(q.right.scale) / Float(q.output.scale)
    let isSingle = context.arithmetic == .doubleRoundingHalfUp
    let multiplier = try context.multiplier(
      isSingle ? Double(single) : q.left.scale * q.right.scale / q.output.scale)
    let arithmetic = context.elementwiseArithmetic
    return context.binary { (x: Element, y: Element) -> Element in
      let product = (Int32(x) &- q.left.zeroPoint) &* (Int32(y) &- q.right.zeroPoint)
      return q.stored(arithmetic.scale(product, by: multiplier))
    }
  }

  /// `SQUARED_DIFFERENCE`: bound |difference| < 2^16 of 8 bits with 7 more.
  private static func squaredDifference<Element: FixedWidthInteger & Sendable>(
    _ context: KernelContext, _ q: QuantizedOperands, _ type: Element.Type
  ) throws(ModelError) -> KernelBody {
    let shift: Int32 = Element.bitWidth == 16 ? 0 : 7
    let common = 2 * max(q.left.scale, q.right.scale)
    let left = try context.multiplier(q.left.scale / common)
    let right = try context.multiplier(q.right.scale / common)
    let steps = Float(1 << (2 * shift)) * Float(q.output.scale)
    let output = try context.multiplier(common * common / Double(steps))
    let arithmetic = context.elementwiseArithmetic
    return context.binary { (x: Element, y: Element) -> Element in
      let a = arithmetic.scale((Int32(x) &- q.left.zeroPoint) &<< shift, by: left)
      let b = arithmetic.scale((Int32(y) &- q.right.zeroPoint) &<< shift, by: right)
      let difference = a &- b
      return q.stored(arithmetic.scale(difference &* difference, by: output))
    }
  }

  /// By a reciprocal in fixed point, as `DivElementwise` of TensorFlow Lite.
  private static func quotient<Element: FixedWidthInteger & Sendable>(
    _ context: KernelContext, _ q: QuantizedOperands, _ type: Element.Type
  ) throws(ModelError) -> KernelBody {
    let factor = Float(q.left.scale) / (Float(q.right.scale) * Float(q.output.scale))
    let multiplier = try context.multiplier(Double(factor))
    let divisorZero = q.right.zeroPoint
    return context.binary(
      failing: .divisionByZero, where: { (y: Element) in Int32(y) == divisorZero }
    ) { (x: Element, y: Element) -> Element in
      let (a, b) = (Int32(x) &- q.left.zeroPoint, Int32(y) &- divisorZero)
      return q.stored(FixedPoint.quotient(b < 0 ? 0 &- a : a, b < 0 ? 0 &- b : b, multiplier))
    }
  }
}

/// Scales and zero points of two operands and a result, and its clamp.
struct QuantizedOperands: Sendable {
  let left, right, output: (scale: Double, zeroPoint: Int32)
  let range: (low: Int32, high: Int32)

  /// - Throws: when a quantization cannot be used.
  init(_ context: KernelContext, _ activation: Activation) throws(ModelError) {
    left = try context.quantization(of: context.input(0))
    right = try context.quantization(of: context.input(1))
    output = try context.quantization(of: context.output)
    range = try context.storedRange(of: activation, context.output)
  }

  /// Factors to twice the larger scale, and from it with `shift` more bits to the result.
  func commonScaleFactors(
    shift: Int32, isSingle: Bool
  ) -> (left: Double, right: Double, output: Double) {
    let steps = 1 << Int(shift)
    if isSingle {
      let common = 2 * max(Float(left.scale), Float(right.scale))
      return (
        Double(Float(left.scale) / common), Double(Float(right.scale) / common),
        Double(common / (Float(steps) * Float(output.scale)))
      )
    }
    let common = 2 * max(left.scale, right.scale)
    return (left.scale / common, right.scale / common, common / (Double(steps) * output.scale))
  }

  func xnnpackSum(sign: Int32) -> XNNPACKSum {
    XNNPACKSum(
      left: Float(left.scale) / Float(output.scale),
      right: Float(right.scale) / Float(output.scale), sign: sign)
  }

  @inline(__always)
  func stored<Element: FixedWidthInteger>(_ scaled: Int32) -> Element {
    Element(truncatingIfNeeded: min(max(scaled &+ output.zeroPoint, range.low), range.high))
  }
}

extension FixedPoint {
  /// `dividend / divisor * multiplier`, the divisor positive.
  @inline(__always)
  static func quotient(
    _ dividend: Int32, _ divisor: Int32, _ multiplier: FixedPointMultiplier
  ) -> Int32 {
    let leadingZeros = Int32(divisor.leadingZeroBitCount)
    let fraction = Int32(bitPattern: UInt32(divisor) &<< UInt32(leadingZeros)) &- Int32.min
    let reciprocal = reciprocalOfOnePlus(fraction)
    let headroom = Int32((dividend ^ (dividend &>> 31)).leadingZeroBitCount) - 1
    let unscaled = roundingDoublingHighMultiply(dividend &<< headroom, reciprocal)
    let exponent = multiplier.leftShift - multiplier.rightShift
    // The reciprocal's unit is 2^(31 - leading zeros).
    let shift = headroom + (31 - leadingZeros) - exponent
    let scaled = roundingDoublingHighMultiply(unscaled, multiplier.significand)
    return roundingShiftRight(scaled, by: min(max(shift, 0), 31))
  }
}
