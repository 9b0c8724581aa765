import Glibc
import NeuralNetworks

/// `LOG_SOFTMAX` over the last axis.
enum LogSoftmaxKernels {
  /// In fixed point, as TensorFlow Lite's `reference/log_softmax.h`; the result has scale 1/16 and
  /// the largest stored value as zero point.
  static func quantized<Value: StoredInteger>(
    _ context: KernelContext, _: Value.Type
  ) throws(ModelError) -> KernelBody? {
    guard context.isUnary(Value.elementType) else { return nil }
    let top = Int32(truncatingIfNeeded: Value.max)
    try context.requireOutput(scale: 0x1p-4, zeroPoint: top)
    let exponential = try ScaledExponential(context, beta: 1)
    let multiplier = exponential.multiplier
    // What one step of the scaled differences is in steps of the input.
    let reverse = try context.multiplier(
      Double(Int64(1) << Int64(31 - min(multiplier.leftShift, 31)))
        / Double(multiplier.significand))
    let arithmetic = context.arithmetic
    let depth = max(context.output.shape.dimensions.last ?? 1, 1)
    let rows = context.output.shape.elementCount / depth
    return { operands in
      for start in stride(from: 0, to: rows &* depth, by: depth) {
        let source = operands.input(0, as: Value.self) + start
        let result = operands.output(as: Value.self) + start
        let largest = exponential.largest(source, depth: depth)
        let sum = exponential.sum(source, depth: depth, largest: largest)
        let logarithm = FixedPoint.logarithm(sum)
        let smallest = max(
          exponential.smallestDifference &- 1,
          arithmetic.scale(logarithm &+ .min, by: reverse))
        for index in 0..<depth {
          let difference = Int32(truncatingIfNeeded: source[index]) &- largest
          guard difference > smallest else {
            result[index] = .min
            continue
          }
          let q5 = exponential.scaled(difference) &- logarithm
          result[index] = Value(clamping: FixedPoint.roundingShiftRight(q5, by: 22) &+ top)
        }
      }
    }
  }

  static func float32(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    guard context.isUnary(.float32) else { return nil }
    let depth = max(context.output.shape.dimensions.last ?? 1, 1)
    let rows = context.output.shape.elementCount / depth
    return { operands in
      for start in stride(from: 0, to: rows &* depth, by: depth) {
        let source = operands.input(0, as: Float.self) + start
        let result = operands.output(as: Float.self) + start
        var largest = -Float.infinity
        for index in 0..<depth { largest = max(largest, source[index]) }
        var sum: Float = 0
        for index in 0..<depth { sum += expf(source[index] - largest) }
        let logarithm = logf(sum)
        for index in 0..<depth { result[index] = source[index] - largest - logarithm }
      }
    }
  }
}
