import NeuralNetworks

/// `HARD_SWISH` in 16-bit fixed point, as TensorFlow Lite's `reference/hard_swish.h` defines it.
enum HardSwishKernels {
  static func quantized<Value: StoredInteger>(
    _ context: KernelContext, _: Value.Type
  ) throws(ModelError) -> KernelBody? {
    guard context.isUnary(Value.elementType),
      case .activate(.hardSwish) = context.op.operation
    else { return nil }
    let input = try context.quantization(of: context.input(0))
    let output = try context.quantization(of: context.output)
    let fineScale = (1 / 128) * Float(input.scale)
    let outputFactor = try context.multiplier(Double(fineScale / Float(output.scale)))
    let gateFactor = try context.multiplier(Double(fineScale / (3 / 32_768)))
    guard outputFactor.leftShift == 0 else {
      throw context.failure(
        found: "an output scale of \(output.scale)",
        expected: "at least 1/128 of the input's, \(input.scale)")
    }
    let swish = HardSwish(
      inputZeroPoint: input.zeroPoint, outputZeroPoint: output.zeroPoint,
      outputFactor: outputFactor, gateFactor: gateFactor)
    let count = context.output.shape.elementCount
    return { operands in
      let source = operands.input(0, as: Value.self)
      let result = operands.output(as: Value.self)
      for index in 0..<count {
        result[index] = Value(clamping: swish.stored(Int32(truncatingIfNeeded: source[index])))
      }
    }
  }
}

private struct HardSwish: Sendable {
  let inputZeroPoint: Int32
  let outputZeroPoint: Int32
  let outputFactor: FixedPointMultiplier
  let gateFactor: FixedPointMultiplier

  /// x times a gate that rises from 0 at -3 to 1 at 3.
  func stored(_ value: Int32) -> Int32 {
    let fine = Int16(truncatingIfNeeded: (value &- inputZeroPoint) &* 128)
    let unshifted = highProduct(fine, half(outputFactor))
    var gate = fine
    let left = gateFactor.leftShift
    if left > 0 { gate = shifted(gate, left - 1) }
    gate = highProduct(gate, half(gateFactor))
    if left > 0 { gate = shifted(gate, 1) }
    gate = Int16(FixedPoint.roundingShiftRight(Int32(gate), by: min(gateFactor.rightShift, 31)))
    let opening = (Int32(gate) &+ 1 << 15) >> 1
    // Towards zero, which cancels the bias of the rounding products before.
    let product = opening &* Int32(unshifted) / (1 << 15)
    return FixedPoint.roundingShiftRight(product, by: outputFactor.rightShift) &+ outputZeroPoint
  }

  /// The upper half of a significand, rounded.
  private func half(_ factor: FixedPointMultiplier) -> Int16 {
    factor.significand >= Int32.max - 1 << 15
      ? .max : Int16(truncatingIfNeeded: (factor.significand &+ 1 << 15) >> 16)
  }

  private func shifted(_ value: Int16, _ amount: Int32) -> Int16 {
    Int16(clamping: Int64(value) << Int64(min(amount, 31)))
  }

  /// The product of two Q0.15 numbers, rounded half away from zero.
  private func highProduct(_ left: Int16, _ right: Int16) -> Int16 {
    let product = Int32(left) &* Int32(right)
    let nudge: Int32 = product >= 0 ? 1 << 14 : 1 - 1 << 14
    return Int16(clamping: (product &+ nudge) / (1 << 15))
  }
}
