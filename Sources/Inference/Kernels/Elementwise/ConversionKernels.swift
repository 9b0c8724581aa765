import NeuralNetworks

/// `CAST`: from one element type to another.
enum ConversionKernels {
  static func cast(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    switch context.input(0).elementType {
    case .float32: fromFloat(context)
    case .int8: fromInteger(context, Int8.self)
    case .int16: fromInteger(context, Int16.self)
    case .int32: fromInteger(context, Int32.self)
    case .int64: fromInteger(context, Int64.self)
    case .uint8: fromInteger(context, UInt8.self)
    case .uint16: fromInteger(context, UInt16.self)
    case .uint32: fromInteger(context, UInt32.self)
    case .float64: fromDouble(context)
    case .float16: fromHalf(context)
    case .bool: fromBool(context)
    default: nil
    }
  }

  private static func fromFloat(_ context: KernelContext) -> KernelBody? {
    switch context.output.elementType {
    case .float32: context.unary { (x: Float) in x }
    case .float64: context.unary { (x: Float) in Double(x) }
    case .float16: context.unary { (x: Float) in Float16(x) }
    case .int8: context.unary { (x: Float) in Int8(clampingReal: x) }
    case .int16: context.unary { (x: Float) in Int16(clampingReal: x) }
    case .int32: context.unary { (x: Float) in Int32(clampingReal: x) }
    case .int64: context.unary { (x: Float) in Int64(clampingReal: x) }
    case .uint8: context.unary { (x: Float) in UInt8(clampingReal: x) }
    case .uint16: context.unary { (x: Float) in UInt16(clampingReal: x) }
    case .uint32: context.unary { (x: Float) in UInt32(clampingReal: x) }
    case .bool: context.unary { (x: Float) in x != 0 }
    default: nil
    }
  }

  private static func fromDouble(_ context: KernelContext) -> KernelBody? {
    switch context.output.elementType {
    case .float32: context.unary { (x: Double) in Float(x) }
    case .float64: context.unary { (x: Double) in x }
    case .int32: context.unary { (x: Double) in Int32(clampingReal: x) }
    case .int64: context.unary { (x: Double) in Int64(clampingReal: x) }
    case .bool: context.unary { (x: Double) in x != 0 }
    default: nil
    }
  }

  private static func fromHalf(_ context: KernelContext) -> KernelBody? {
    switch context.output.elementType {
    case .float16: context.unary { (x: Float16) in x }
    case .float32: context.unary { (x: Float16) in Float(x) }
    case .int32: context.unary { (x: Float16) in Int32(clampingReal: x) }
    default: nil
    }
  }

  private static func fromBool(_ context: KernelContext) -> KernelBody? {
    switch context.output.elementType {
    case .bool: context.unary { (x: UInt8) in x }
    case .float32: context.unary { (x: UInt8) -> Float in x != 0 ? 1 : 0 }
    case .int8, .uint8: context.unary { (x: UInt8) -> UInt8 in x != 0 ? 1 : 0 }
    case .int16, .uint16: context.unary { (x: UInt8) -> UInt16 in x != 0 ? 1 : 0 }
    case .int32, .uint32: context.unary { (x: UInt8) -> UInt32 in x != 0 ? 1 : 0 }
    case .int64, .uint64: context.unary { (x: UInt8) -> UInt64 in x != 0 ? 1 : 0 }
    default: nil
    }
  }

  /// Integers keep their low bits.
  @inline(__always)
  private static func fromInteger<Source: FixedWidthInteger & Sendable>(
    _ context: KernelContext, _ type: Source.Type
  ) -> KernelBody? {
    switch context.output.elementType {
    case .float32: context.unary { (x: Source) in Float(x) }
    case .float64: context.unary { (x: Source) in Double(x) }
    case .float16: context.unary { (x: Source) in Float16(x) }
    case .int8, .uint8: context.unary { (x: Source) in UInt8(truncatingIfNeeded: x) }
    case .int16, .uint16: context.unary { (x: Source) in UInt16(truncatingIfNeeded: x) }
    case .int32, .uint32: context.unary { (x: Source) in UInt32(truncatingIfNeeded: x) }
    case .int64, .uint64: context.unary { (x: Source) in UInt64(truncatingIfNeeded: x) }
    case .bool: context.unary { (x: Source) in x != 0 }
    default: nil
    }
  }
}

extension FixedWidthInteger {
  /// Towards zero; what no integer can hold becomes the nearest one, and NaN 0.
  @inline(__always)
  init<Real: BinaryFloatingPoint>(clampingReal value: Real) {
    if let exact = Self(exactly: value.rounded(.towardZero)) {
      self = exact
    } else {
      self = value.isNaN ? 0 : value > 0 ? .max : .min
    }
  }
}
