import Glibc
import NeuralNetworks

/// `L2_NORMALIZATION` over the last axis, and `LOCAL_RESPONSE_NORMALIZATION` across channels.
enum NormalizationKernels {
  static func l2Float32(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    guard context.isUnary(.float32) else { return nil }
    let depth = context.output.shape.dimensions.last ?? 1
    let rows = context.output.shape.elementCount / depth
    return { operands in
      for start in stride(from: 0, to: rows &* depth, by: depth) {
        let source = operands.input(0, as: Float.self) + start
        let result = operands.output(as: Float.self) + start
        var sum: Float = 0
        for index in 0..<depth { sum += source[index] * source[index] }
        let norm = max(sum.squareRoot(), 1e-6)
        for index in 0..<depth { result[index] = source[index] / norm }
      }
    }
  }

  /// The result has scale 1/128. Sums are exact up to 2^15 values of 8 bits; they wrap beyond.
  static func l2Quantized<Value: StoredInteger>(
    _ context: KernelContext, _: Value.Type
  ) throws(ModelError) -> KernelBody? {
    guard context.isUnary(Value.elementType) else { return nil }
    let zeroPoint: Int32 = Value.isSigned ? 0 : 128
    try context.requireOutput(scale: 0x1p-7, zeroPoint: zeroPoint)
    let input = try context.quantization(of: context.input(0))
    let depth = context.output.shape.dimensions.last ?? 1
    let rows = context.output.shape.elementCount / depth
    guard depth <= 1 << 15 else {
      throw context.failure(found: "rows of \(depth)", expected: "at most 32768 values")
    }
    return { operands in
      for start in stride(from: 0, to: rows &* depth, by: depth) {
        let source = operands.input(0, as: Value.self) + start
        let result = operands.output(as: Value.self) + start
        var sum: Int32 = 0
        for index in 0..<depth {
          let value = Int32(truncatingIfNeeded: source[index]) &- input.zeroPoint
          sum &+= value &* value
        }
        let (significand, shift) = FixedPoint.inverseSquareRoot(sum)
        // The legacy kernel shifts by 7 first, the newer one by what is left of both shifts.
        let left = Value.isSigned ? max(shift &+ 7, 0) : 7
        let right = left &- shift &- 7
        for index in 0..<depth {
          let value = Int32(truncatingIfNeeded: source[index]) &- input.zeroPoint
          let product = FixedPoint.roundingDoublingHighMultiply(
            value &<< left, significand)
          let scaled = FixedPoint.roundingShiftRight(product, by: right)
          result[index] = Value(clamping: scaled &+ zeroPoint)
        }
      }
    }
  }

  /// Each value over a power of the sum of squares of its neighbours, itself included.
  static func localResponse(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    guard context.isUnary(.float32),
      case .localResponseNormalization(let attributes) = context.op.operation
    else { return nil }
    let depth = context.output.shape.dimensions.last ?? 1
    let rows = context.output.shape.elementCount / depth
    let radius = min(attributes.radius, depth)
    return { operands in
      for start in stride(from: 0, to: rows &* depth, by: depth) {
        let source = operands.input(0, as: Float.self) + start
        let result = operands.output(as: Float.self) + start
        for channel in 0..<depth {
          var sum: Float = 0
          for index in max(0, channel &- radius)...min(depth &- 1, channel &+ radius) {
            sum += source[index] * source[index]
          }
          let base = attributes.bias + attributes.scale * sum
          result[channel] = source[channel] * powf(base, -attributes.exponent)
        }
      }
    }
  }
}
