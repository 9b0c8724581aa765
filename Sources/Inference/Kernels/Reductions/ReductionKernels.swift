import NeuralNetworks

/// `SUM`, `MEAN`, `REDUCE_PROD` and their like on elements that stand for themselves.
enum ReductionKernels {
  static func prepare(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    let loop = ReductionLoop(context.input(0).shape, axes: try context.check.reducedAxes())
    switch context.output.elementType {
    case .float32: return float32(context, loop)
    case .int32: return integer(context, loop, Int32.self)
    case .int64: return integer(context, loop, Int64.self)
    case .int8: return extremes(context, loop, Int8.self)
    case .uint8: return extremes(context, loop, UInt8.self)
    case .int16: return extremes(context, loop, Int16.self)
    case .bool: return bools(context, loop)
    default: return nil
    }
  }

  @inline(__always)
  private static func folding<Element, Total: Sendable, Result>(
    _ loop: ReductionLoop, from initial: Total,
    _ add: @escaping @Sendable (Total, Element) -> Total,
    finish: @escaping @Sendable (Total) -> Result
  ) -> KernelBody {
    { operands in
      loop.fold(
        operands.input(0, as: Element.self), into: operands.output(as: Result.self),
        from: initial, add, finish: finish)
    }
  }

  private static func float32(_ context: KernelContext, _ loop: ReductionLoop) -> KernelBody? {
    guard case .reduce(let reduction, _) = context.op.operation else { return nil }
    let count = Float(loop.reducedCount)
    switch reduction {
    case .sum: return folding(loop, from: Float(0), { (t, x: Float) in t + x }, finish: { $0 })
    case .mean:
      return folding(loop, from: Float(0), { (t, x: Float) in t + x }, finish: { $0 / count })
    case .product:
      return folding(loop, from: Float(1), { (t, x: Float) in t * x }, finish: { $0 })
    case .maximum:
      return folding(
        loop, from: -Float.greatestFiniteMagnitude, { (t, x: Float) in x > t ? x : t },
        finish: { $0 })
    case .minimum:
      return folding(
        loop, from: Float.greatestFiniteMagnitude, { (t, x: Float) in x < t ? x : t },
        finish: { $0 })
    default: return nil
    }
  }

  @inline(__always)
  private static func integer<Element: FixedWidthInteger & Sendable>(
    _ context: KernelContext, _ loop: ReductionLoop, _ type: Element.Type
  ) -> KernelBody? {
    guard case .reduce(let reduction, _) = context.op.operation else { return nil }
    let count = Int64(max(loop.reducedCount, 1))
    switch reduction {
    case .sum: return folding(loop, from: Element(0), { (t, x: Element) in t &+ x }) { $0 }
    case .product: return folding(loop, from: Element(1), { (t, x: Element) in t &* x }) { $0 }
    case .mean:
      return folding(
        loop, from: Int64(0), { (t, x: Element) in t &+ Int64(truncatingIfNeeded: x) }
      ) { Element(truncatingIfNeeded: $0 / count) }
    default: return extremes(context, loop, type)
    }
  }

  @inline(__always)
  private static func extremes<Element: FixedWidthInteger & Sendable>(
    _ context: KernelContext, _ loop: ReductionLoop, _ type: Element.Type
  ) -> KernelBody? {
    switch context.op.operation {
    case .reduce(.maximum, _):
      return folding(loop, from: Element.min, { (t, x: Element) in max(t, x) }) { $0 }
    case .reduce(.minimum, _):
      return folding(loop, from: Element.max, { (t, x: Element) in min(t, x) }) { $0 }
    default: return nil
    }
  }

  private static func bools(_ context: KernelContext, _ loop: ReductionLoop) -> KernelBody? {
    switch context.op.operation {
    case .reduce(.any, _):
      return folding(loop, from: false, { (t, x: UInt8) in t || x != 0 }) { $0 }
    case .reduce(.all, _):
      return folding(loop, from: true, { (t, x: UInt8) in t && x != 0 }) { $0 }
    default: return nil
    }
  }
}
