import NeuralNetworks

/// `ADD`, `SUB` and `MUL` of float32 operands of one shape, both computed. The loops have nothing
/// but the operation, so that the compiler makes vectors of them.
enum FastFloatElementwise {
  static func add(_ context: KernelContext, _ variant: KernelVariant) -> FastBody? {
    body(context, .add) { $0 + $1 }
  }

  static func subtract(_ context: KernelContext, _ variant: KernelVariant) -> FastBody? {
    body(context, .subtract) { $0 - $1 }
  }

  static func multiply(_ context: KernelContext, _ variant: KernelVariant) -> FastBody? {
    body(context, .multiply) { $0 * $1 }
  }

  @inline(__always)
  private static func body(
    _ context: KernelContext, _ wanted: BinaryOperation,
    _ function: @escaping @Sendable (Float, Float) -> Float
  ) -> FastBody? {
    guard case .binary(wanted, let activation) = context.op.operation,
      context.hasOperands(of: .float32)
    else { return nil }
    let (first, second) = (context.input(0), context.input(1))
    guard first.constant == nil, second.constant == nil, first.shape == second.shape,
      first.shape == context.output.shape
    else { return nil }
    let range = context.floatRange(of: activation)
    let count = context.output.shape.elementCount
    return FastBody { operands in
      let left = operands.input(0, as: Float.self), right = operands.input(1, as: Float.self)
      let output = operands.output(as: Float.self)
      for index in 0..<count &* operands.sampleCount {
        output[index] = min(max(function(left[index], right[index]), range.low), range.high)
      }
    }
  }
}
