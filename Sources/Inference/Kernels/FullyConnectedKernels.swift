import NeuralNetworks

/// `FULLY_CONNECTED`: every unit's weights against every row of the input.
enum FullyConnectedKernels {
  /// Accumulates in 32 bits that wrap; exact up to 65,793 inputs (see `ConvolutionKernels.int8`).
  static func int8(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    guard context.input(0).elementType == .int8, context.input(1).elementType == .int8,
      context.output.elementType == .int8, context.hasBias(of: .int32),
      case .fullyConnected(let activation, _) = context.op.operation
    else { return nil }
    let (units, depth) = (context.input(1).shape[0], context.input(1).shape[1])
    let rows = context.input(0).shape.elementCount / max(depth, 1)
    let scales = try context.weightScales(of: context.input(1), axis: 0, count: units)
    let stage = try OutputStage(context, weightScales: scales, activation: activation)
    let zeroPoint = try context.quantization(of: context.input(0)).zeroPoint
    return { operands in
      let input = operands.input(0, as: Int8.self)
      let weights = operands.input(1, as: Int8.self)
      let bias = operands.bias(as: Int32.self)
      let output = operands.output(as: Int8.self)
      for row in 0..<rows {
        for unit in 0..<units {
          var sum = bias?[unit] ?? 0
          for index in 0..<depth {
            let value = Int32(input[row &* depth &+ index]) &- zeroPoint
            sum &+= value &* Int32(weights[unit &* depth &+ index])
          }
          output[row &* units &+ unit] = stage.stored(sum, channel: unit)
        }
      }
    }
  }

  static func float32(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    guard context.input(0).elementType == .float32, context.input(1).elementType == .float32,
      context.output.elementType == .float32, context.hasBias(of: .float32),
      case .fullyConnected(let activation, _) = context.op.operation
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
