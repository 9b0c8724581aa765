import NeuralNetworks

/// A Swift type that is an element type of tensors.
protocol TensorElement: BitwiseCopyable, Sendable, Equatable {
  static var elementType: ElementType { get }
}

/// A number: integers wrap around, and their division by zero gives zero instead of a trap.
protocol NumericElement: TensorElement, Comparable {
  static func adding(_ left: Self, _ right: Self) -> Self
  static func subtracting(_ left: Self, _ right: Self) -> Self
  static func multiplying(_ left: Self, _ right: Self) -> Self
  /// Integers are truncated toward zero.
  static func dividing(_ left: Self, _ right: Self) -> Self
  /// The remainder: its sign is the divisor's, or with `truncating` the dividend's (C's `fmod`).
  static func remainder(_ left: Self, _ right: Self, truncating: Bool) -> Self

  /// The nearest value; integers are truncated, out-of-range ones saturate, NaN becomes 0.
  init(saturating value: Double)
  /// Integers keep their low bits.
  init(wrapping value: Int)
  var double: Double { get }
  /// Truncated toward zero; saturates.
  var integer: Int { get }

  static var lowest: Self { get }
  static var highest: Self { get }
  var isNotANumber: Bool { get }
}

extension NumericElement {
  static var zero: Self { Self(wrapping: 0) }
  static var one: Self { Self(wrapping: 1) }
}

extension NumericElement where Self: FixedWidthInteger {
  @inline(__always) static func adding(_ left: Self, _ right: Self) -> Self { left &+ right }
  @inline(__always) static func subtracting(_ left: Self, _ right: Self) -> Self { left &- right }
  @inline(__always) static func multiplying(_ left: Self, _ right: Self) -> Self { left &* right }

  static func dividing(_ left: Self, _ right: Self) -> Self {
    right == 0 ? 0 : left.dividedReportingOverflow(by: right).partialValue
  }

  static func remainder(_ left: Self, _ right: Self, truncating: Bool) -> Self {
    guard right != 0 else { return 0 }
    let rest = left.remainderReportingOverflow(dividingBy: right).partialValue
    return truncating || rest == 0 || (rest < 0) == (right < 0) ? rest : rest &+ right
  }

  init(saturating value: Double) {
    self =
      if value.isNaN {
        0
      } else if value >= Double(Self.max) {
        .max
      } else if value <= Double(Self.min) {
        .min
      } else {
        Self(exactly: value.rounded(.towardZero)) ?? 0
      }
  }

  @inline(__always) init(wrapping value: Int) { self = Self(truncatingIfNeeded: value) }
  var double: Double { Double(self) }
  @inline(__always) var integer: Int { Int(clamping: self) }

  static var lowest: Self { .min }
  static var highest: Self { .max }
  var isNotANumber: Bool { false }
}

/// A floating-point number.
protocol RealElement: NumericElement, BinaryFloatingPoint {}

extension NumericElement where Self: BinaryFloatingPoint {
  @inline(__always) static func adding(_ left: Self, _ right: Self) -> Self { left + right }
  @inline(__always) static func subtracting(_ left: Self, _ right: Self) -> Self { left - right }
  @inline(__always) static func multiplying(_ left: Self, _ right: Self) -> Self { left * right }
  @inline(__always) static func dividing(_ left: Self, _ right: Self) -> Self { left / right }

  static func remainder(_ left: Self, _ right: Self, truncating: Bool) -> Self {
    let rest = left.truncatingRemainder(dividingBy: right)
    return truncating || rest == 0 || (rest < 0) == (right < 0) ? rest : rest + right
  }

  @inline(__always) init(saturating value: Double) { self = Self(value) }
  @inline(__always) init(wrapping value: Int) { self = Self(value) }
  @inline(__always) var double: Double { Double(self) }
  var integer: Int { Int(Int64(saturating: double)) }

  static var lowest: Self { -.infinity }
  static var highest: Self { .infinity }
  var isNotANumber: Bool { isNaN }
}

extension Float: RealElement {
  static var elementType: ElementType { .float32 }
}
extension Double: RealElement {
  static var elementType: ElementType { .float64 }
}
extension Float16: RealElement {
  static var elementType: ElementType { .float16 }
}
extension Int8: NumericElement {
  static var elementType: ElementType { .int8 }
}
extension Int16: NumericElement {
  static var elementType: ElementType { .int16 }
}
extension Int32: NumericElement {
  static var elementType: ElementType { .int32 }
}
extension Int64: NumericElement {
  static var elementType: ElementType { .int64 }
}
extension UInt8: NumericElement {
  static var elementType: ElementType { .uint8 }
}
extension UInt16: NumericElement {
  static var elementType: ElementType { .uint16 }
}
extension UInt32: NumericElement {
  static var elementType: ElementType { .uint32 }
}
extension UInt64: NumericElement {
  static var elementType: ElementType { .uint64 }
}
