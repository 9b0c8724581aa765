import NeuralNetworks

/// `ADD` of equal shapes.
enum AddKernels {
  /// Both inputs are brought to a common scale with 20 more bits, added, and rescaled.
  ///
  /// Bound: |stored - zero point| <= 255 < 2^8, so shifted values stay below 2^28.
  static func int8(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    guard context.input(0).elementType == .int8,
      case .binary(.add, let activation) = context.op.operation
    else { return nil }
    let add = try AddParameters(context, activation: activation)
    let count = context.output.shape.elementCount
    let arithmetic = context.arithmetic
    return { operands in
      let first = operands.input(0, as: Int8.self)
      let second = operands.input(1, as: Int8.self)
      let result = operands.output(as: Int8.self)
      for index in 0..<count {
        let a = (Int32(first[index]) &- add.leftZeroPoint) &<< 20
        let b = (Int32(second[index]) &- add.rightZeroPoint) &<< 20
        let sum =
          arithmetic.scale(a, by: add.left) &+ arithmetic.scale(b, by: add.right)
        let stored = arithmetic.scale(sum, by: add.sum) &+ add.zeroPoint
        result[index] = Int8(truncatingIfNeeded: min(max(stored, add.range.low), add.range.high))
      }
    }
  }

  static func float32(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    guard context.input(0).elementType == .float32,
      case .binary(.add, let activation) = context.op.operation
    else { return nil }
    let range = context.floatRange(of: activation)
    let count = context.output.shape.elementCount
    return { operands in
      let first = operands.input(0, as: Float.self)
      let second = operands.input(1, as: Float.self)
      let result = operands.output(as: Float.self)
      for index in 0..<count {
        result[index] = min(max(first[index] + second[index], range.low), range.high)
      }
    }
  }
}

/// How the int8 `ADD` rescales.
struct AddParameters: Sendable {
  let leftZeroPoint, rightZeroPoint, zeroPoint: Int32
  let left, right, sum: FixedPointMultiplier
  let range: (low: Int32, high: Int32)

  /// - Throws: when a quantization cannot be used.
  init(_ context: KernelContext, activation: Activation) throws(ModelError) {
    let first = try context.quantization(of: context.input(0))
    let second = try context.quantization(of: context.input(1))
    let output = try context.quantization(of: context.output)
    let common = 2 * max(first.scale, second.scale)
    left = try context.multiplier(first.scale / common)
    right = try context.multiplier(second.scale / common)
    sum = try context.multiplier(common / (Double(1 << 20) * output.scale))
    (leftZeroPoint, rightZeroPoint) = (first.zeroPoint, second.zeroPoint)
    zeroPoint = output.zeroPoint
    range = context.int8Range(
      of: activation, scale: output.scale, zeroPoint: output.zeroPoint)
  }
}
