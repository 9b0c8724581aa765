import NeuralNetworks

/// Products and convolutions with what follows them.
enum FusedOperators {
  /// Inputs: x, weights, bias, and what is added before the activation.
  static func conv(_ call: OperatorCall) throws(ModelError) -> TensorValue {
    let (input, weights) = (try call.input(0), try call.input(1))
    guard input.elementType == .float32 else {
      throw input.elementType.unsuitable(expected: "float32")
    }
    try ArithmeticOperators.sameType(input, weights)
    var result = try ConvolutionOperators.convolve(
      call, input, weights, call.optionalInput(2), Float.self)
    if let addend = try call.optionalInput(3) {
      guard addend.shape == result.shape else {
        throw call.problem("input 3", found: "\(addend.shape)", expected: "\(result.shape)")
      }
      result = try ArithmeticOperators.apply(ArithmeticOperators.Add(), to: result, addend)
    }
    return try activate(result, call, call.floats("activation_params") ?? [])
  }

  static func gemm(_ call: OperatorCall) throws(ModelError) -> TensorValue {
    let names = ["activation_alpha", "activation_beta", "activation_gamma"]
    var parameters: [Float] = []
    for name in names where call.node.attribute(name) != nil {
      parameters.append(try call.float(name, default: 0))
    }
    return try activate(MatrixOperators.gemm(call), call, parameters)
  }

  private static func activate(
    _ tensor: TensorValue, _ call: OperatorCall, _ parameters: [Float]
  ) throws(ModelError) -> TensorValue {
    let name = try call.string("activation", default: "")
    func parameter(_ index: Int, _ value: Float) -> Float {
      index < parameters.count ? parameters[index] : value
    }
    let (first, second) = (parameter(0, 0.01), parameter(1, 0))
    switch name {
    case "": return tensor
    case "Relu": return try UnaryOperators.map(tensor, Activations.Clamp(low: 0, high: .infinity))
    case "Clip": return try UnaryOperators.map(tensor, Activations.Clamp(low: first, high: second))
    case "LeakyRelu": return try UnaryOperators.map(tensor, Activations.LeakyRelu(alpha: first))
    case "Sigmoid": return try UnaryOperators.map(tensor, Activations.Sigmoid())
    case "Tanh": return try UnaryOperators.map(tensor, Activations.Tanh())
    case "HardSigmoid":
      return try UnaryOperators.map(
        tensor, Activations.HardSigmoid(alpha: parameter(0, 0.2), beta: parameter(1, 0.5)))
    default:
      throw call.problem(
        "attribute \"activation\"", found: "\"\(name)\"",
        expected: "one of Clip, HardSigmoid, LeakyRelu, Relu, Sigmoid, Tanh")
    }
  }

  /// alpha A' B', each side's last two axes transposed if its flag says so.
  static func matMul(_ call: OperatorCall) throws(ModelError) -> TensorValue {
    guard try !call.flag("transBatchA"), try !call.flag("transBatchB") else {
      throw call.problem(
        "attributes", found: "transBatchA or transBatchB", expected: "products of whole matrices")
    }
    let left = try call.input(0).matrixTransposed(call.flag("transA"))
    let right = try call.input(1).matrixTransposed(call.flag("transB"))
    try ArithmeticOperators.sameType(left, right)
    let product = try MatrixOperators.multiply(left, right, call)
    return try product.scaled(by: call.float("alpha", default: 1))
  }

  /// Input 1, a bias along the last axis, is optional.
  static func biasGelu(
    usesTanh: Bool
  ) -> (@Sendable (OperatorCall) throws(ModelError) -> TensorValue) {
    { (call) throws(ModelError) in
      var input = try call.input(0)
      if let bias = try call.optionalInput(1) {
        guard bias.rank == 1, bias.shape[0] == input.shape.dimensions.last else {
          throw call.problem(
            "input 1 (bias)", found: "\(bias.shape)", expected: "the last axis of \(input.shape)")
        }
        input = try ArithmeticOperators.apply(ArithmeticOperators.Add(), to: input, bias)
      }
      return try UnaryOperators.map(input, Activations.Gelu(usesTanh: usesTanh))
    }
  }
}

extension Activations {
  struct Clamp: RealFunction {
    var low: Float
    var high: Float
    @inline(__always) func apply<E: RealElement>(_ x: E) -> E {
      let raised = x < E(low) ? E(low) : x
      return raised > E(high) ? E(high) : raised
    }
  }
}

extension TensorValue {
  func matrixTransposed(_ isTransposed: Bool) throws(ModelError) -> TensorValue {
    guard isTransposed, rank >= 2 else { return self }
    return try transposed(Array(0..<rank - 2) + [rank - 1, rank - 2])
  }

  func scaled(by factor: Float) throws(ModelError) -> TensorValue {
    guard factor != 1 else { return self }
    return try ArithmeticOperators.apply(
      ArithmeticOperators.Multiply(), to: self,
      TensorValue(scalar: factor).converted(to: elementType))
  }
}
