import Glibc
import NeuralNetworks

/// Functions of one element.
enum UnaryKernels {
  static func float32(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    guard case .unary(let operation) = context.op.operation, context.hasOperands(of: .float32)
    else { return nil }
    switch operation {
    case .absolute: return context.unary { (x: Float) in x.magnitude }
    case .ceiling: return context.unary { (x: Float) in x.rounded(.up) }
    case .cosine: return context.unary { (x: Float) in cosf(x) }
    case .exponential: return context.unary { (x: Float) in expf(x) }
    case .floor: return context.unary { (x: Float) in x.rounded(.down) }
    case .logarithm: return context.unary { (x: Float) in logf(x) }
    case .negation: return context.unary { (x: Float) in -x }
    case .reciprocalSquareRoot: return context.unary { (x: Float) in 1 / x.squareRoot() }
    case .round:
      // What rounds to 0 becomes the positive one.
      return context.unary { (x: Float) in x == 0 ? x : x.rounded(.toNearestOrEven) + 0 }
    case .sign: return context.unary { (x: Float) -> Float in x > 0 ? 1 : x < 0 ? -1 : 0 }
    case .sine: return context.unary { (x: Float) in sinf(x) }
    case .square: return context.unary { (x: Float) in x * x }
    case .squareRoot: return context.unary { (x: Float) in x.squareRoot() }
    default: return nil
    }
  }

  static func integer(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    switch context.output.elementType {
    case .int32: integer(context, Int32.self, .int32)
    case .int64: integer(context, Int64.self, .int64)
    case .int16 where context.output.quantization == nil: integer(context, Int16.self, .int16)
    default: nil
    }
  }

  @inline(__always)
  private static func integer<Element: FixedWidthInteger & SignedInteger & Sendable>(
    _ context: KernelContext, _ type: Element.Type, _ elementType: ElementType
  ) -> KernelBody? {
    guard case .unary(let operation) = context.op.operation,
      context.hasOperands(of: elementType)
    else { return nil }
    switch operation {
    case .absolute: return context.unary { (x: Element) in x < 0 ? 0 &- x : x }
    case .negation: return context.unary { (x: Element) in 0 &- x }
    case .sign: return context.unary { (x: Element) in x.signum() }
    case .square: return context.unary { (x: Element) in x &* x }
    default: return nil
    }
  }

  /// `ABS` of quantized elements: rescaled where the scales differ.
  static func quantizedAbsolute(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    switch context.output.elementType {
    case .int8: try quantizedAbsolute(context, Int8.self, .int8)
    case .int16: try quantizedAbsolute(context, Int16.self, .int16)
    default: nil
    }
  }

  private static func quantizedAbsolute<Element: FixedWidthInteger & Sendable>(
    _ context: KernelContext, _ type: Element.Type, _ elementType: ElementType
  ) throws(ModelError) -> KernelBody? {
    guard context.hasOperands(of: elementType) else { return nil }
    let input = try context.quantization(of: context.input(0))
    let output = try context.quantization(of: context.output)
    let isRescaled = input.scale != output.scale
    let multiplier = try context.multiplier(Double(Float(input.scale) / Float(output.scale)))
    let arithmetic = context.elementwiseArithmetic
    return context.unary { (x: Element) in
      let centered = Int32(x) &- input.zeroPoint
      let magnitude = centered < 0 ? 0 &- centered : centered
      let scaled = isRescaled ? arithmetic.scale(magnitude, by: multiplier) : magnitude
      return Element(clamping: scaled &+ output.zeroPoint)
    }
  }

  /// A function of the real value, tabled for all 256 stored values as LiteRT does.
  static func table(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    guard case .unary(let operation) = context.op.operation, context.hasOperands(of: .int8)
    else { return nil }
    let input = try context.quantization(of: context.input(0))
    let output = try context.quantization(of: context.output)
    let inverseScale = 1 / Float(output.scale)
    let lowest = Float(-128 - output.zeroPoint) * Float(output.scale)
    let function: (Float) -> Float
    switch operation {
    case .exponential: function = expf
    case .logarithm: function = { $0 <= 0 ? lowest : logf($0) }
    case .squareRoot: function = { $0.squareRoot() }
    case .sine: function = sinf
    case .cosine: function = cosf
    default: return nil
    }
    let table = (Int32(-128)...127).map { stored in
      let real = Float(input.scale) * Float(stored - input.zeroPoint)
      let rescaled = (function(real) * inverseScale).rounded(.toNearestOrAwayFromZero)
      let clamped = max(-1e9, min(1e9, rescaled + Float(output.zeroPoint)))
      return Int8(clamping: clamped.isNaN ? 0 : Int(clamped))
    }
    return context.unary { (x: Int8) in table[Int(x) + 128] }
  }
}
