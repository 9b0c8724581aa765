import NeuralNetworks

/// `EQUAL` and its like.
enum ComparisonKernels {
  static func plain(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    guard context.input(0).quantization == nil || context.input(0).elementType.bitWidth > 16
    else { return nil }
    switch context.input(0).elementType {
    case .float32: return body(context, Float.self)
    case .int32: return body(context, Int32.self)
    case .int64: return body(context, Int64.self)
    case .uint32: return body(context, UInt32.self)
    case .int16: return body(context, Int16.self)
    case .int8: return body(context, Int8.self)
    case .uint8: return body(context, UInt8.self)
    case .bool: return bools(context)
    default: return nil
    }
  }

  private static func body<Element: Comparable & Sendable>(
    _ context: KernelContext, _ type: Element.Type
  ) -> KernelBody? {
    guard case .compare(let comparison) = context.op.operation else { return nil }
    switch comparison {
    case .equal: return context.binaryByCall { (a: Element, b: Element) in a == b }
    case .notEqual: return context.binaryByCall { (a: Element, b: Element) in a != b }
    case .less: return context.binaryByCall { (a: Element, b: Element) in a < b }
    case .lessOrEqual: return context.binaryByCall { (a: Element, b: Element) in a <= b }
    case .greater: return context.binaryByCall { (a: Element, b: Element) in a > b }
    case .greaterOrEqual: return context.binaryByCall { (a: Element, b: Element) in a >= b }
    }
  }

  private static func bools(_ context: KernelContext) -> KernelBody? {
    guard case .compare(let comparison) = context.op.operation else { return nil }
    switch comparison {
    case .equal: return context.binaryByCall { (a: UInt8, b: UInt8) in (a != 0) == (b != 0) }
    case .notEqual: return context.binaryByCall { (a: UInt8, b: UInt8) in (a != 0) != (b != 0) }
    default: return nil
    }
  }

  /// Both operands with 8 more bits, scaled to real steps: as `ComparisonWithScaling` of
  /// TensorFlow Lite. |stored - zero point| < 2^17, so that shifted values stay below 2^25.
  static func quantized(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    switch context.input(0).elementType {
    case .int8: try quantized(context, Int8.self)
    case .uint8: try quantized(context, UInt8.self)
    case .int16: try quantized(context, Int16.self)
    default: nil
    }
  }

  private static func quantized<Element: FixedWidthInteger & Sendable>(
    _ context: KernelContext, _ type: Element.Type
  ) throws(ModelError) -> KernelBody? {
    guard case .compare(let comparison) = context.op.operation else { return nil }
    let left = try context.quantization(of: context.input(0))
    let right = try context.quantization(of: context.input(1))
    let leftMultiplier = try context.multiplier(left.scale)
    let rightMultiplier = try context.multiplier(right.scale)
    return context.binaryByCall { (a: Element, b: Element) in
      let first = Arithmetic.doubleRounding.scale(
        (Int32(a) &- left.zeroPoint) &<< 8, by: leftMultiplier)
      let second = Arithmetic.doubleRounding.scale(
        (Int32(b) &- right.zeroPoint) &<< 8, by: rightMultiplier)
      return comparison.holds(first, second)
    }
  }
}

extension NeuralNetworks.Comparison {
  @inline(__always)
  fileprivate func holds(_ a: Int32, _ b: Int32) -> Bool {
    switch self {
    case .equal: a == b
    case .notEqual: a != b
    case .less: a < b
    case .lessOrEqual: a <= b
    case .greater: a > b
    case .greaterOrEqual: a >= b
    }
  }
}
