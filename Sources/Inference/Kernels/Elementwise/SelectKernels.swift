import NeuralNetworks

/// `SELECT` and `SELECT_V2`: elements of one or the other value.
enum SelectKernels {
  static func prepare(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    switch context.output.elementType.bitWidth {
    case 8: select(context, UInt8.self)
    case 16: select(context, UInt16.self)
    case 32: select(context, UInt32.self)
    case 64: select(context, UInt64.self)
    default: nil
    }
  }

  @inline(__always)
  private static func select<Element>(
    _ context: KernelContext, _ type: Element.Type
  ) -> KernelBody {
    let loop = StridedLoop(
      extents: context.output.shape.dimensions,
      strides: [conditionStrides(context)]
        + [1, 2].map { context.input($0).shape.strides(broadcastTo: context.output.shape.rank) })
    return { operands in
      loop.map(
        operands.input(0, as: UInt8.self), operands.input(1, as: Element.self),
        operands.input(2, as: Element.self), into: operands.output(as: Element.self)
      ) { condition, first, second in condition != 0 ? first : second }
    }
  }

  /// A condition of one axis counts rows for `SELECT`, and is broadcast for `SELECT_V2`.
  private static func conditionStrides(_ context: KernelContext) -> [Int] {
    let (condition, result) = (context.input(0).shape, context.output.shape)
    guard context.op.operation == .plain(.select), condition.rank == 1, result.rank > 1 else {
      return condition.strides(broadcastTo: result.rank)
    }
    return [condition[0] == 1 ? 0 : 1] + [Int](repeating: 0, count: result.rank - 1)
  }
}
