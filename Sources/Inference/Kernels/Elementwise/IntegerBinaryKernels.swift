import NeuralNetworks

/// Arithmetic on two operands of integers that stand for themselves; it wraps around.
enum IntegerBinaryKernels {
  static func prepare(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    switch context.output.elementType {
    case .int32: prepare(context, Int32.self, .int32)
    case .int64: prepare(context, Int64.self, .int64)
    case .uint32: prepare(context, UInt32.self, .uint32)
    case .int16: prepare(context, Int16.self, .int16)
    case .uint16: prepare(context, UInt16.self, .uint16)
    case .int8: prepare(context, Int8.self, .int8)
    case .uint8: prepare(context, UInt8.self, .uint8)
    default: nil
    }
  }

  private static func prepare<Element: FixedWidthInteger & Sendable>(
    _ context: KernelContext, _ type: Element.Type, _ elementType: ElementType
  ) -> KernelBody? {
    guard case .binary(let operation, let activation) = context.op.operation,
      context.hasOperands(of: elementType)
    else { return nil }
    switch operation {
    case .maximum: return context.binaryByCall { (a: Element, b: Element) in max(a, b) }
    case .minimum: return context.binaryByCall { (a: Element, b: Element) in min(a, b) }
    case .bitwiseXor: return context.binaryByCall { (a: Element, b: Element) in a ^ b }
    case .rightShift:
      return context.binaryByCall { (a: Element, b: Element) in
        a >> min(max(b, 0), Element(Element.bitWidth - 1))
      }
    case .floorDivide, .floorModulo: return floored(context, operation, type)
    case .add, .subtract, .multiply, .divide, .squaredDifference, .power:
      // Narrow types are quantized there.
      guard Element.bitWidth >= 32 || context.output.quantization == nil else { return nil }
      return arithmetic(context, operation, activation, type)
    default: return nil
    }
  }

  private static func floored<Element: FixedWidthInteger & Sendable>(
    _ context: KernelContext, _ operation: BinaryOperation, _ type: Element.Type
  ) -> KernelBody? {
    let isQuotient = operation == .floorDivide
    return context.binary(
      failing: .divisionByZero, where: { (b: Element) in b == 0 }
    ) { (a: Element, b: Element) in
      // The one overflow: the least number by -1 is its own quotient, without a remainder.
      let quotient = a.dividedReportingOverflow(by: b).partialValue
      let remainder = a.remainderReportingOverflow(dividingBy: b).partialValue
      let isBelow = remainder != 0 && (b < 0) != (remainder < 0)
      return isQuotient ? quotient &- (isBelow ? 1 : 0) : remainder &+ (isBelow ? b : 0)
    }
  }

  private static func arithmetic<Element: FixedWidthInteger & Sendable>(
    _ context: KernelContext, _ operation: BinaryOperation, _ activation: Activation,
    _ type: Element.Type
  ) -> KernelBody? {
    let (low, high): (Element, Element) =
      switch activation {
      case .none: (.min, .max)
      case .relu: (0, .max)
      case .reluMinus1To1: (Element.isSigned ? 0 - 1 : 0, 1)
      case .relu6: (0, 6)
      }
    func clamped(_ function: @escaping @Sendable (Element, Element) -> Element) -> KernelBody {
      context.binaryByCall { (a: Element, b: Element) in min(max(function(a, b), low), high) }
    }
    switch operation {
    case .add: return clamped { $0 &+ $1 }
    case .subtract: return clamped { $0 &- $1 }
    case .multiply: return clamped { $0 &* $1 }
    case .squaredDifference: return clamped { ($0 &- $1) &* ($0 &- $1) }
    case .divide:
      return context.binary(
        failing: .divisionByZero, where: { (b: Element) in b == 0 }
      ) { (a: Element, b: Element) in
        min(max(a.dividedReportingOverflow(by: b).partialValue, low), high)
      }
    case .power:
      return context.binary(
        failing: .negativePower, where: { (b: Element) in b < 0 }
      ) { (a: Element, b: Element) in power(a, b) }
    default: return nil
    }
  }

  /// By squaring.
  private static func power<Element: FixedWidthInteger>(
    _ base: Element, _ exponent: Element
  ) -> Element {
    var (result, square, rest) = (Element(1), base, exponent)
    while rest != 0 {
      if rest & 1 != 0 { result = result &* square }
      square = square &* square
      rest >>= 1
    }
    return result
  }
}
