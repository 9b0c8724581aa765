import Glibc
import NeuralNetworks

/// `SUM`, `MEAN` and `REDUCE_PROD` of quantized elements.
enum QuantizedReductionKernels {
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
    guard case .reduce(let reduction, _) = context.op.operation,
      context.input(0).elementType == context.output.elementType
    else { return nil }
    let loop = ReductionLoop(context.input(0).shape, axes: try context.check.reducedAxes())
    switch reduction {
    case .sum, .mean: return try sum(context, loop, isMean: reduction == .mean, type)
    case .product: return try product(context, loop, type)
    default: return nil
    }
  }

  /// The mean's division goes into the multiplier, as in TensorFlow Lite's `QuantizedMeanOrSum`;
  /// sums wrap around in 32 bits as they do there.
  private static func sum<Element: FixedWidthInteger & Sendable>(
    _ context: KernelContext, _ loop: ReductionLoop, isMean: Bool, _ type: Element.Type
  ) throws(ModelError) -> KernelBody {
    let input = try context.quantization(of: context.input(0))
    let output = try context.quantization(of: context.output)
    let factor = try context.multiplier(input.scale / output.scale)
    let count = max(loop.reducedCount, 1)
    let multiplier = isMean ? factor.divided(by: count) : factor
    let offset = Int32(truncatingIfNeeded: Int64(input.zeroPoint) &* Int64(count))
    let arithmetic = context.elementwiseArithmetic
    return { operands in
      loop.fold(
        operands.input(0, as: Element.self), into: operands.output(as: Element.self),
        from: Int32(0), { $0 &+ Int32($1) }
      ) { total in
        Element(clamping: arithmetic.scale(total &- offset, by: multiplier) &+ output.zeroPoint)
      }
    }
  }

  /// Each factor carries the n-th part of the output's scale, so that totals stay in range.
  private static func product<Element: FixedWidthInteger & Sendable>(
    _ context: KernelContext, _ loop: ReductionLoop, _ type: Element.Type
  ) throws(ModelError) -> KernelBody {
    let input = try context.quantization(of: context.input(0))
    let output = try context.quantization(of: context.output)
    let count = max(loop.reducedCount, 1)
    let multiplier = try context.multiplier(input.scale / pow(output.scale, 1 / Double(count)))
    return { operands in
      loop.fold(
        operands.input(0, as: Element.self), into: operands.output(as: Element.self),
        from: Int32?.none,
        { (total: Int32?, next: Element) -> Int32? in
          let centered = Int32(next) &- input.zeroPoint
          return total.map { multiplier.scaleWide(Int64($0) &* Int64(centered)) } ?? centered
        }
      ) { total in
        let scaled = multiplier.scaleWide(Int64(total ?? 0))
        return Element(clamping: scaled &+ output.zeroPoint)
      }
    }
  }
}
