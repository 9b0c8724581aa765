import NeuralNetworks

/// A computation that is written once for every numeric element type.
protocol NumericBody {
  associatedtype Result
  func run<Element: NumericElement>(_ type: Element.Type) throws(ModelError) -> Result
}

/// A computation that is written once for every floating-point element type.
protocol RealBody {
  associatedtype Result
  func run<Element: RealElement>(_ type: Element.Type) throws(ModelError) -> Result
}

/// A computation that moves elements without looking at them: only their size matters.
protocol MovementBody {
  associatedtype Result
  func run<Word: FixedWidthInteger & UnsignedInteger & BitwiseCopyable>(
    _ type: Word.Type
  ) throws(ModelError) -> Result
}

/// The switches over element types are here, so that the compiler makes one loop for each type.
extension ElementType {
  func numeric<Body: NumericBody>(_ body: Body) throws(ModelError) -> Body.Result {
    switch self {
    case .float32: try body.run(Float.self)
    case .float64: try body.run(Double.self)
    case .float16: try body.run(Float16.self)
    case .int8: try body.run(Int8.self)
    case .int16: try body.run(Int16.self)
    case .int32: try body.run(Int32.self)
    case .int64: try body.run(Int64.self)
    case .uint8: try body.run(UInt8.self)
    case .uint16: try body.run(UInt16.self)
    case .uint32: try body.run(UInt32.self)
    case .uint64: try body.run(UInt64.self)
    default: throw unsuitable(expected: "a number")
    }
  }

  /// As `numeric`, and truth values as `UInt8`.
  func numericOrBool<Body: NumericBody>(_ body: Body) throws(ModelError) -> Body.Result {
    self == .bool ? try body.run(UInt8.self) : try numeric(body)
  }

  func real<Body: RealBody>(_ body: Body) throws(ModelError) -> Body.Result {
    switch self {
    case .float32: try body.run(Float.self)
    case .float64: try body.run(Double.self)
    case .float16: try body.run(Float16.self)
    default: throw unsuitable(expected: "float32, float64 or float16")
    }
  }

  func movement<Body: MovementBody>(_ body: Body) throws(ModelError) -> Body.Result {
    switch bitWidth {
    case 8: try body.run(UInt8.self)
    case 16: try body.run(UInt16.self)
    case 32: try body.run(UInt32.self)
    case 64: try body.run(UInt64.self)
    default: throw unsuitable(expected: "elements of whole bytes")
    }
  }

  func unsuitable(expected: String) -> ModelError {
    ModelError(place: "element type", found: rawValue, expected: expected)
  }
}
