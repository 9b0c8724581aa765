import Glibc
import NeuralNetworks

/// A function of one number of any type.
protocol NumericFunction: Sendable {
  func apply<Element: NumericElement>(_ x: Element) -> Element
}

/// A function of one floating-point number.
protocol RealFunction: Sendable {
  func apply<Element: RealElement>(_ x: Element) -> Element
}

/// Operators element by element on one tensor.
enum UnaryOperators {
  /// Makes an operator of a function, whose parameters are the node's attributes.
  static func real<Function: RealFunction>(
    _ make: @escaping @Sendable (OperatorCall) throws(ModelError) -> Function
  ) -> OperatorBody {
    one { call throws(ModelError) in try map(call.input(0), make(call)) }
  }

  static func real<Function: RealFunction>(_ function: Function) -> OperatorBody {
    one { call throws(ModelError) in try map(call.input(0), function) }
  }

  static func numeric<Function: NumericFunction>(_ function: Function) -> OperatorBody {
    one { call throws(ModelError) in
      let input = try call.input(0)
      return try input.elementType.numeric(NumericMap(function: function, input: input))
    }
  }

  static func map<Function: RealFunction>(
    _ input: TensorValue, _ function: Function
  ) throws(ModelError) -> TensorValue {
    try input.elementType.real(RealMap(function: function, input: input))
  }

  /// One of C's functions.
  static func function(
    _ narrow: @escaping @Sendable (Float) -> Float,
    _ wide: @escaping @Sendable (Double) -> Double
  ) -> OperatorBody { real(LibraryFunction(narrow: narrow, wide: wide)) }

  static func question<Question: RealQuestion>(
    _ make: @escaping @Sendable (OperatorCall) throws(ModelError) -> Question
  ) -> OperatorBody {
    one { call throws(ModelError) in
      let input = try call.input(0)
      return try input.elementType.real(RealTest(question: make(call), input: input))
    }
  }

  private struct RealMap<Function: RealFunction>: RealBody {
    let function: Function
    let input: TensorValue

    func run<Element: RealElement>(_ type: Element.Type) throws(ModelError) -> TensorValue {
      let result = try NewTensor<Element>(input.shape)
      let elements = input.elements(as: type)
      for index in 0..<elements.count { result.base[index] = function.apply(elements.base[index]) }
      return result.value
    }
  }

  private struct NumericMap<Function: NumericFunction>: NumericBody {
    let function: Function
    let input: TensorValue

    func run<Element: NumericElement>(_ type: Element.Type) throws(ModelError) -> TensorValue {
      let result = try NewTensor<Element>(input.shape)
      let elements = input.elements(as: type)
      for index in 0..<elements.count { result.base[index] = function.apply(elements.base[index]) }
      return result.value
    }
  }

  private struct RealTest<Question: RealQuestion>: RealBody {
    let question: Question
    let input: TensorValue

    func run<Element: RealElement>(_ type: Element.Type) throws(ModelError) -> TensorValue {
      let result = try NewTensor<UInt8>(.bool, input.shape)
      let elements = input.elements(as: type)
      for index in 0..<elements.count { result[index] = question.holds(elements[index]) ? 1 : 0 }
      return result.value
    }
  }
}

/// A question about one floating-point number.
protocol RealQuestion: Sendable {
  func holds<Element: RealElement>(_ x: Element) -> Bool
}

struct IsNaN: RealQuestion {
  func holds<E: RealElement>(_ x: E) -> Bool { x.isNaN }
}

struct IsInfinite: RealQuestion {
  var positive: Bool
  var negative: Bool
  func holds<E: RealElement>(_ x: E) -> Bool {
    x.isInfinite && (x > 0 ? positive : negative)
  }
}

/// Float16 is computed as Float.
struct LibraryFunction: RealFunction {
  let narrow: @Sendable (Float) -> Float
  let wide: @Sendable (Double) -> Double

  @inline(__always) func apply<E: RealElement>(_ x: E) -> E {
    E.self == Double.self ? E(wide(Double(x))) : E(narrow(Float(x)))
  }
}

extension RealElement {
  /// e^x in the precision of the type, at least that of Float.
  @inline(__always) static func exponential(_ x: Self) -> Self {
    Self.self == Double.self ? Self(Glibc.exp(Double(x))) : Self(Glibc.exp(Float(x)))
  }

  @inline(__always) static func logarithm(_ x: Self) -> Self {
    Self.self == Double.self ? Self(Glibc.log(Double(x))) : Self(Glibc.log(Float(x)))
  }

  @inline(__always) static func hyperbolicTangent(_ x: Self) -> Self {
    Self.self == Double.self ? Self(Glibc.tanh(Double(x))) : Self(Glibc.tanh(Float(x)))
  }

  @inline(__always) static func errorFunction(_ x: Self) -> Self {
    Self.self == Double.self ? Self(Glibc.erf(Double(x))) : Self(Glibc.erf(Float(x)))
  }

  /// 1 / (1 + e^-x), without overflow.
  @inline(__always) static func sigmoid(_ x: Self) -> Self {
    let power = exponential(-abs(x))
    return (x >= 0 ? 1 : power) / (1 + power)
  }
}
