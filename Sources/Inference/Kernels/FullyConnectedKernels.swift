import NeuralNetworks

/// `FULLY_CONNECTED`: every unit's weights against every row of the input.
enum FullyConnectedKernels {
  /// Accumulates in 32 bits that wrap; exact up to 65,793 inputs (see `ConvolutionKernels.int8`).
  static func int8(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    try quantized(context, Int8.self, weights: Int8.self, sum: Int32.self)
  }

  static func uint8(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    try quantized(context, UInt8.self, weights: UInt8.self, sum: Int32.self)
  }

  static func int16(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    if let wide = try quantized(context, Int16.self, weights: Int8.self, sum: Int64.self) {
      return wide
    }
    return try quantized(context, Int16.self, weights: Int8.self, sum: Int32.self)
  }

  private static func quantized<Value: StoredInteger, Weight: StoredInteger, Sum: Accumulator>(
    _ context: KernelContext, _: Value.Type, weights: Weight.Type, sum: Sum.Type
  ) throws(ModelError) -> KernelBody? {
    guard
      context.hasTypes(
        Value.elementType, weights: Weight.elementType, bias: Sum.elementType),
      case .fullyConnected(let activation, _, _) = context.op.operation
    else { return nil }
    let (units, depth) = (context.input(1).shape[0], context.input(1).shape[1])
    let rows = context.input(0).shape.elementCount / max(depth, 1)
    let filters = try FilterQuantization(
      context, axis: 0, channels: units, sum: Sum.self, activation: activation,
      allowsZeroPoint: true)
    return { operands in
      let input = operands.input(0, as: Value.self)
      let weights = operands.input(1, as: Weight.self)
      let bias = operands.bias(as: Sum.self)
      let output = operands.output(as: Value.self)
      let (inputZero, filterZero) = (Sum(filters.inputZeroPoint), Sum(filters.zeroPoint))
      for row in 0..<rows {
        for unit in 0..<units {
          var sum = bias?[unit] ?? 0
          for index in 0..<depth {
            let value = Sum(truncatingIfNeeded: input[row &* depth &+ index]) &- inputZero
            let weight = Sum(truncatingIfNeeded: weights[unit &* depth &+ index]) &- filterZero
            sum &+= value &* weight
          }
          output[row &* units &+ unit] = filters.stage.stored(sum, channel: unit)
        }
      }
    }
  }

  static func float32(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    guard context.input(0).elementType == .float32, context.input(1).elementType == .float32,
      context.output.elementType == .float32, context.hasBias(of: .float32),
      case .fullyConnected(let activation, _, _) = context.op.operation
    else { return nil }
    let (units, depth) = (context.input(1).shape[0], context.input(1).shape[1])
    let rows = context.input(0).shape.elementCount / max(depth, 1)
    let range = context.floatRange(of: activation)
    return { operands in
      let input = operands.input(0, as: Float.self)
      let weights = operands.input(1, as: Float.self)
      let bias = operands.bias(as: Float.self)
      let output = operands.output(as: Float.self)
      for row in 0..<rows {
        for unit in 0..<units {
          var sum: Float = 0
          for index in 0..<depth {
            sum += input[row &* depth &+ index] * weights[unit &* depth &+ index]
          }
          let biased = sum + (bias?[unit] ?? 0)
          output[row &* units &+ unit] = min(max(biased, range.low), range.high)
        }
      }
    }
  }
}
