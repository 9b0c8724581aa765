import Glibc
import NeuralNetworks

/// A function of two numbers of the same type.
protocol BinaryFunction: Sendable {
  func apply<Element: NumericElement>(_ left: Element, _ right: Element) -> Element
}

/// Operators on two or more tensors, broadcast: arithmetic with an output of the inputs' type.
enum ArithmeticOperators {
  struct Add: BinaryFunction {
    @inline(__always) func apply<E: NumericElement>(_ l: E, _ r: E) -> E { E.adding(l, r) }
  }
  struct Subtract: BinaryFunction {
    @inline(__always) func apply<E: NumericElement>(_ l: E, _ r: E) -> E { E.subtracting(l, r) }
  }
  struct Multiply: BinaryFunction {
    @inline(__always) func apply<E: NumericElement>(_ l: E, _ r: E) -> E { E.multiplying(l, r) }
  }
  struct Divide: BinaryFunction {
    @inline(__always) func apply<E: NumericElement>(_ l: E, _ r: E) -> E { E.dividing(l, r) }
  }
  /// NaN if either is.
  struct Maximum: BinaryFunction {
    @inline(__always) func apply<E: NumericElement>(_ l: E, _ r: E) -> E {
      l > r || l.isNotANumber ? l : r
    }
  }
  struct Minimum: BinaryFunction {
    @inline(__always) func apply<E: NumericElement>(_ l: E, _ r: E) -> E {
      l < r || l.isNotANumber ? l : r
    }
  }
  struct Remainder: BinaryFunction {
    var truncating: Bool
    func apply<E: NumericElement>(_ l: E, _ r: E) -> E {
      E.remainder(l, r, truncating: truncating)
    }
  }
  struct ParametricRelu: BinaryFunction {
    @inline(__always) func apply<E: NumericElement>(_ x: E, _ slope: E) -> E {
      x < E.zero ? E.multiplying(x, slope) : x
    }
  }

  /// An operator of exactly two inputs.
  static func binary<Function: BinaryFunction>(_ function: Function) -> OperatorBody {
    one { call throws(ModelError) in
      try apply(function, to: call.input(0), call.input(1))
    }
  }

  /// An operator of any number of inputs, taken together from the left.
  static func variadic<Function: BinaryFunction>(_ function: Function) -> OperatorBody {
    one { call throws(ModelError) in try fold(function, call.allInputs()) }
  }

  static func mean(_ call: OperatorCall) throws(ModelError) -> TensorValue {
    let inputs = try call.allInputs()
    let count = try TensorValue(scalar: Float(inputs.count)).converted(to: inputs[0].elementType)
    return try apply(Divide(), to: fold(Add(), inputs), count)
  }

  /// Before opset 7 a vector of slopes belongs to the channels.
  static func parametricRelu(_ call: OperatorCall) throws(ModelError) -> TensorValue {
    let input = try call.input(0)
    var slope = try call.input(1)
    if call.version < 7, slope.rank == 1, input.rank > 2 {
      slope = slope.reshaped(
        Shape([slope.count] + Array(repeating: 1, count: input.rank - 2)))
    }
    return try apply(ParametricRelu(), to: input, slope)
  }

  static func mod(_ call: OperatorCall) throws(ModelError) -> TensorValue {
    try apply(Remainder(truncating: call.flag("fmod")), to: call.input(0), call.input(1))
  }

  /// The exponent may be of another type than the base.
  static func power(_ call: OperatorCall) throws(ModelError) -> TensorValue {
    let base = try call.input(0)
    let exponent = try call.input(1).converted(to: .float64)
    return try base.elementType.numeric(Power(base: base, exponent: exponent))
  }

  static func fold<Function: BinaryFunction>(
    _ function: Function, _ tensors: [TensorValue]
  ) throws(ModelError) -> TensorValue {
    var result = tensors[0]
    for tensor in tensors.dropFirst() { result = try apply(function, to: result, tensor) }
    return result
  }

  static func apply<Function: BinaryFunction>(
    _ function: Function, to left: TensorValue, _ right: TensorValue
  ) throws(ModelError) -> TensorValue {
    try sameType(left, right)
    return try left.elementType.numeric(Application(function: function, left: left, right: right))
  }

  static func sameType(_ left: TensorValue, _ right: TensorValue) throws(ModelError) {
    guard left.elementType == right.elementType else {
      throw ModelError(
        place: "inputs", found: "\(left.elementType.rawValue) and \(right.elementType.rawValue)",
        expected: "the same element type")
    }
  }

  private struct Application<Function: BinaryFunction>: NumericBody {
    let function: Function
    let left: TensorValue
    let right: TensorValue

    func run<Element: NumericElement>(_ type: Element.Type) throws(ModelError) -> TensorValue {
      try .combine((left, type), (right, type), into: left.elementType) {
        function.apply($0, $1)
      }
    }
  }

  private struct Power: NumericBody {
    let base: TensorValue
    let exponent: TensorValue

    func run<Element: NumericElement>(_ type: Element.Type) throws(ModelError) -> TensorValue {
      try .combine((base, type), (exponent, Double.self), into: base.elementType) {
        Element(saturating: pow($0.double, $1))
      }
    }
  }
}
