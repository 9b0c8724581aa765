import NeuralNetworks

/// `CUMSUM`: running totals along an axis.
enum CumulativeSumKernels {
  static func plain(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    switch context.output.elementType {
    case .float32:
      try body(context, from: Float(0)) { (t, x: Float) in
        t + x
      } finish: {
        $0
      }
    case .int32:
      try body(context, from: Int32(0)) { (t, x: Int32) in
        t &+ x
      } finish: {
        $0
      }
    case .int64:
      try body(context, from: Int64(0)) { (t, x: Int64) in
        t &+ x
      } finish: {
        $0
      }
    default: nil
    }
  }

  /// Totals carry 20 more bits, as in tflite-micro; they wrap around after 2^11 full steps.
  static func int8(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    guard context.hasOperandTypes(.int8) else { return nil }
    let input = try context.quantization(of: context.input(0))
    let output = try context.quantization(of: context.output)
    let half = try context.multiplier(0.5)
    let multiplier = try context.multiplier(
      2 * input.scale / (Double(1 << 20) * output.scale))
    let arithmetic = context.elementwiseArithmetic
    let initial = arithmetic.scale((0 &- input.zeroPoint) &<< 20, by: half)
    return try body(context, from: initial) { (total, next: Int8) in
      total &+ arithmetic.scale((Int32(next) &- input.zeroPoint) &<< 20, by: half)
    } finish: {
      Int8(clamping: arithmetic.scale($0, by: multiplier) &+ output.zeroPoint)
    }
  }

  @inline(__always)
  private static func body<Element, Total: Sendable>(
    _ context: KernelContext, from initial: Total,
    _ add: @escaping @Sendable (Total, Element) -> Total,
    finish: @escaping @Sendable (Total) -> Element
  ) throws(ModelError) -> KernelBody? {
    guard case .cumulativeSum(let isExclusive, let isReversed) = context.op.operation
    else { return nil }
    let axis = try context.check.axis(
      try context.check.integer(1), rank: context.input(0).shape.rank)
    let lines = TensorLines(context.input(0).shape, axis: axis)
    return { operands in
      let source = operands.input(0, as: Element.self)
      let result = operands.output(as: Element.self)
      lines.forEach { _, start in
        var total = initial
        for index in 0..<lines.count {
          let place = start &+ (isReversed ? lines.count &- 1 &- index : index) &* lines.step
          let before = total
          total = add(total, source[place])
          result[place] = finish(isExclusive ? before : total)
        }
      }
    }
  }
}
