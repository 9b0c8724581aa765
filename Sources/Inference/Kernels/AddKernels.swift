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
    let left = try context.quantization(of: context.input(0))
    let right = try context.quantization(of: context.input(1))
    let output = try context.quantization(of: context.output)
    let common = 2 * max(left.scale, right.scale)
    let leftMultiplier = try context.multiplier(left.scale / common)
    let rightMultiplier = try context.multiplier(right.scale / common)
    let outputMultiplier = try context.multiplier(common / (Double(1 << 20) * output.scale))
    let range = context.int8Range(
      of: activation, scale: output.scale, zeroPoint: output.zeroPoint)
    let count = context.output.shape.elementCount
    let arithmetic = context.arithmetic
    return { operands in
      let first = operands.input(0, as: Int8.self)
      let second = operands.input(1, as: Int8.self)
      let result = operands.output(as: Int8.self)
      for index in 0..<count {
        let a = (Int32(first[index]) &- left.zeroPoint) &<< 20
        let b = (Int32(second[index]) &- right.zeroPoint) &<< 20
        let sum =
          arithmetic.scale(a, by: leftMultiplier) &+ arithmetic.scale(b, by: rightMultiplier)
        let stored = arithmetic.scale(sum, by: outputMultiplier) &+ output.zeroPoint
        result[index] = Int8(truncatingIfNeeded: min(max(stored, range.low), range.high))
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
