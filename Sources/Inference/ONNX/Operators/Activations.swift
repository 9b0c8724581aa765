import NeuralNetworks

/// Functions of one number by the names of their operators; also what recurrent and fused
/// operators take by name.
enum Activations {
  struct Relu: NumericFunction {
    @inline(__always) func apply<E: NumericElement>(_ x: E) -> E { x < E.zero ? E.zero : x }
  }
  struct Absolute: NumericFunction {
    @inline(__always) func apply<E: NumericElement>(_ x: E) -> E {
      x < E.zero || x == E.zero ? E.subtracting(E.zero, x) : x
    }
  }
  struct Negate: NumericFunction {
    @inline(__always) func apply<E: NumericElement>(_ x: E) -> E {
      E.multiplying(x, E.subtracting(E.zero, E.one))
    }
  }
  struct Sign: NumericFunction {
    @inline(__always) func apply<E: NumericElement>(_ x: E) -> E {
      x > E.zero ? E.one : x < E.zero ? E.subtracting(E.zero, E.one) : x
    }
  }
  struct Reciprocal: RealFunction {
    @inline(__always) func apply<E: RealElement>(_ x: E) -> E { 1 / x }
  }
  struct SquareRoot: RealFunction {
    @inline(__always) func apply<E: RealElement>(_ x: E) -> E { x.squareRoot() }
  }
  struct Rounding: RealFunction {
    let rule: FloatingPointRoundingRule
    @inline(__always) func apply<E: RealElement>(_ x: E) -> E { x.rounded(rule) }
  }
  struct Sigmoid: RealFunction {
    @inline(__always) func apply<E: RealElement>(_ x: E) -> E { E.sigmoid(x) }
  }
  struct Tanh: RealFunction {
    @inline(__always) func apply<E: RealElement>(_ x: E) -> E { E.hyperbolicTangent(x) }
  }
  struct LeakyRelu: RealFunction {
    var alpha: Float
    @inline(__always) func apply<E: RealElement>(_ x: E) -> E { x < 0 ? E(alpha) * x : x }
  }
  struct ThresholdedRelu: RealFunction {
    var alpha: Float
    @inline(__always) func apply<E: RealElement>(_ x: E) -> E { x > E(alpha) ? x : 0 }
  }
  struct Elu: RealFunction {
    var alpha: Float
    func apply<E: RealElement>(_ x: E) -> E {
      x < 0 ? E(alpha) * (E.exponential(x) - 1) : x
    }
  }
  struct Celu: RealFunction {
    var alpha: Float
    func apply<E: RealElement>(_ x: E) -> E {
      max(0, x) + min(0, E(alpha) * (E.exponential(x / E(alpha)) - 1))
    }
  }
  struct Selu: RealFunction {
    var alpha: Float
    var gamma: Float
    func apply<E: RealElement>(_ x: E) -> E {
      E(gamma) * (x > 0 ? x : E(alpha) * (E.exponential(x) - 1))
    }
  }
  struct HardSigmoid: RealFunction {
    var alpha: Float
    var beta: Float
    @inline(__always) func apply<E: RealElement>(_ x: E) -> E {
      max(0, min(1, E(alpha) * x + E(beta)))
    }
  }
  struct HardSwish: RealFunction {
    @inline(__always) func apply<E: RealElement>(_ x: E) -> E {
      x * max(0, min(1, x / 6 + E(Float(0.5))))
    }
  }
  struct Swish: RealFunction {
    var alpha: Float
    func apply<E: RealElement>(_ x: E) -> E { x * E.sigmoid(E(alpha) * x) }
  }
  /// ln(1 + e^x), without overflow.
  struct Softplus: RealFunction {
    func apply<E: RealElement>(_ x: E) -> E {
      max(x, 0) + E.logarithm(1 + E.exponential(-abs(x)))
    }
  }
  struct Softsign: RealFunction {
    @inline(__always) func apply<E: RealElement>(_ x: E) -> E { x / (1 + abs(x)) }
  }
  struct Mish: RealFunction {
    func apply<E: RealElement>(_ x: E) -> E {
      x * E.hyperbolicTangent(Softplus().apply(x))
    }
  }
  struct Gelu: RealFunction {
    var usesTanh: Bool
    func apply<E: RealElement>(_ x: E) -> E {
      let half = E(Float(0.5)) * x
      guard usesTanh else { return half * (1 + E.errorFunction(x * E(Double(0.5).squareRoot()))) }
      let inner = E((2 / Double.pi).squareRoot()) * (x + E(Double(0.044715)) * x * x * x)
      return half * (1 + E.hyperbolicTangent(inner))
    }
  }
  struct Affine: RealFunction {
    var alpha: Float
    var beta: Float
    @inline(__always) func apply<E: RealElement>(_ x: E) -> E { E(alpha) * x + E(beta) }
  }
  struct ScaledTanh: RealFunction {
    var alpha: Float
    var beta: Float
    func apply<E: RealElement>(_ x: E) -> E {
      E(alpha) * E.hyperbolicTangent(E(beta) * x)
    }
  }
  /// Numbers in -lambda...lambda become 0, the others come nearer to it by the bias.
  struct Shrink: NumericFunction {
    var lambda: Float
    var bias: Float
    func apply<E: NumericElement>(_ x: E) -> E {
      let value = x.double
      if value < -Double(lambda) { return E(saturating: value + Double(bias)) }
      return value > Double(lambda) ? E(saturating: value - Double(bias)) : E.zero
    }
  }

  static func shrink(_ call: OperatorCall) throws(ModelError) -> TensorValue {
    let function = Shrink(
      lambda: try call.float("lambd", default: 0.5), bias: try call.float("bias", default: 0))
    let input = try call.input(0)
    return try input.elementType.numeric(ShrinkBody(function: function, input: input))
  }

  private struct ShrinkBody: NumericBody {
    let function: Shrink
    let input: TensorValue
    func run<Element: NumericElement>(_ type: Element.Type) throws(ModelError) -> TensorValue {
      let result = try NewTensor<Element>(input.shape)
      let elements = input.elements(as: type)
      for index in 0..<elements.count { result[index] = function.apply(elements[index]) }
      return result.value
    }
  }

  /// Limits are attributes before opset 11, inputs of one element since.
  static func clip(_ call: OperatorCall) throws(ModelError) -> TensorValue {
    let input = try call.input(0)
    guard call.version < 11 else {
      return try input.elementType.numeric(
        ClipBody(input: input, low: call.optionalInput(1), high: call.optionalInput(2)))
    }
    let low = try TensorValue(scalar: call.float("min", default: -.infinity))
    let high = try TensorValue(scalar: call.float("max", default: .infinity))
    return try input.elementType.numeric(
      ClipBody(
        input: input, low: low.converted(to: input.elementType),
        high: high.converted(to: input.elementType)))
  }

  private struct ClipBody: NumericBody {
    let input: TensorValue
    let low: TensorValue?
    let high: TensorValue?

    func run<Element: NumericElement>(_ type: Element.Type) throws(ModelError) -> TensorValue {
      let low = try limit(low, type) ?? .lowest
      let high = try limit(high, type) ?? .highest
      let result = try NewTensor<Element>(input.shape)
      let elements = input.elements(as: type)
      for index in 0..<elements.count {
        let x = elements.base[index]
        let raised = x < low ? low : x
        result.base[index] = raised > high ? high : raised
      }
      return result.value
    }

    private func limit<Element: NumericElement>(
      _ tensor: TensorValue?, _ type: Element.Type
    ) throws(ModelError) -> Element? {
      guard let tensor else { return nil }
      try ArithmeticOperators.sameType(input, tensor)
      guard tensor.count == 1 else {
        throw ModelError(place: "limit", found: "shape \(tensor.shape)", expected: "one element")
      }
      return tensor.elements(as: type)[0]
    }
  }
}
