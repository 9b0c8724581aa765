import NeuralNetworks

/// RELU, its clamps, LEAKY_RELU and PRELU on quantized values.
enum RectifierKernels {
  /// Values are rescaled, then clamped.
  static func clamp<Value: StoredInteger>(
    _ context: KernelContext, _: Value.Type
  ) throws(ModelError) -> KernelBody? {
    guard context.isUnary(Value.elementType), case .activate(let function) = context.op.operation,
      let bounds = function.bounds
    else { return nil }
    let input = try context.quantization(of: context.input(0))
    let output = try context.quantization(of: context.output)
    let multiplier = try context.multiplier(
      Double(Float(input.scale) / Float(output.scale)))
    func stored(_ real: Float) -> Int32 {
      let steps = (real / Float(output.scale)).rounded(.toNearestOrAwayFromZero)
      return Int32(max(-1e6, min(1e6, steps))) + output.zeroPoint
    }
    let low = max(Int32(Value.min), stored(bounds.low))
    let high = bounds.high.map { min(Int32(Value.max), stored($0)) } ?? Int32(Value.max)
    let count = context.output.shape.elementCount
    let arithmetic = context.arithmetic
    return { operands in
      let source = operands.input(0, as: Value.self)
      let result = operands.output(as: Value.self)
      for index in 0..<count {
        let value = Int32(truncatingIfNeeded: source[index]) &- input.zeroPoint
        let scaled = arithmetic.scale(value, by: multiplier) &+ output.zeroPoint
        result[index] = Value(truncatingIfNeeded: min(max(scaled, low), high))
      }
    }
  }

  static func leaky<Value: StoredInteger>(
    _ context: KernelContext, _: Value.Type
  ) throws(ModelError) -> KernelBody? {
    guard context.isUnary(Value.elementType), case .leakyReLU(let slope) = context.op.operation
    else { return nil }
    let input = try context.quantization(of: context.input(0))
    let output = try context.quantization(of: context.output)
    let identity = try context.multiplier(input.scale / output.scale)
    let leak = try context.multiplier(input.scale * Double(abs(slope)) / output.scale)
    let sign: Int32 = slope < 0 ? -1 : 1
    let count = context.output.shape.elementCount
    let arithmetic = context.arithmetic
    if arithmetic == .singleRounding {
      let ratio = Float(input.scale) / Float(output.scale)
      let (identity, leak) = (XNNPACKFactor(ratio), XNNPACKFactor(ratio * slope))
      return context.unary { (stored: Value) -> Value in
        let value = Int32(truncatingIfNeeded: stored) &- input.zeroPoint
        return Value(
          clamping: (value >= 0 ? identity : leak).steps(value) &+ output.zeroPoint)
      }
    }
    return { operands in
      let source = operands.input(0, as: Value.self)
      let result = operands.output(as: Value.self)
      for index in 0..<count {
        let value = Int32(truncatingIfNeeded: source[index]) &- input.zeroPoint
        let scaled =
          value >= 0
          ? arithmetic.scale(value, by: identity) : sign &* arithmetic.scale(value, by: leak)
        result[index] = Value(clamping: scaled &+ output.zeroPoint)
      }
    }
  }

  /// `PRELU`: slopes broadcast against the values.
  ///
  /// Exact: |value| and |slope| stay below 2^16 and 2^8, or both below 2^9.
  static func parametric<Value: StoredInteger, Slope: StoredInteger>(
    _ context: KernelContext, _: Value.Type, _: Slope.Type
  ) throws(ModelError) -> KernelBody? {
    guard context.isUnary(Value.elementType), context.input(1).elementType == Slope.elementType
    else { return nil }
    let input = try context.quantization(of: context.input(0))
    let slope = try context.quantization(of: context.input(1))
    let output = try context.quantization(of: context.output)
    let identity = try context.multiplier(input.scale / output.scale)
    let product = try context.multiplier(input.scale * slope.scale / output.scale)
    let loop = context.broadcastLoop()
    let arithmetic = context.arithmetic
    return { operands in
      loop.map(
        operands.input(0, as: Value.self), operands.input(1, as: Slope.self),
        into: operands.output(as: Value.self)
      ) { stored, storedSlope in
        let value = Int32(truncatingIfNeeded: stored) &- input.zeroPoint
        let leak = Int32(truncatingIfNeeded: storedSlope) &- slope.zeroPoint
        let scaled =
          value >= 0
          ? arithmetic.scale(value, by: identity) : arithmetic.scale(value &* leak, by: product)
        return Value(clamping: scaled &+ output.zeroPoint)
      }
    }
  }

  static func parametricFloat(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    guard context.isUnary(.float32), context.input(1).elementType == .float32 else { return nil }
    let loop = context.broadcastLoop()
    return { operands in
      loop.map(
        operands.input(0, as: Float.self), operands.input(1, as: Float.self),
        into: operands.output(as: Float.self)
      ) { $0 >= 0 ? $0 : $0 * $1 }
    }
  }
}

extension ActivationFunction {
  /// The clamp that a function is; nil for other functions.
  fileprivate var bounds: (low: Float, high: Float?)? {
    switch self {
    case .relu: (0, nil)
    case .relu6: (0, 6)
    case .reluMinus1To1: (-1, 1)
    case .relu0To1: (0, 1)
    case .tanh, .elu, .hardSwish: nil
    }
  }
}
