import NeuralNetworks

/// `ADD_N`: the sum of any number of operands of one shape.
enum AddNKernels {
  static func plain(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    switch context.output.elementType {
    case .float32: body(context, Float.self) { $0 + $1 }
    case .int32: body(context, Int32.self) { $0 &+ $1 }
    default: nil
    }
  }

  private static func body<Element>(
    _ context: KernelContext, _ type: Element.Type,
    _ add: @escaping @Sendable (Element, Element) -> Element
  ) -> KernelBody {
    let (inputs, count) = (context.op.inputs.count, context.output.shape.elementCount)
    return { operands in
      let result = operands.output(as: Element.self)
      result.update(from: operands.input(0, as: Element.self), count: count)
      for input in 1..<inputs {
        let next = operands.input(input, as: Element.self)
        for index in 0..<count { result[index] = add(result[index], next[index]) }
      }
    }
  }

  /// All inputs have one scale, and 20 more bits while they are added; as in tflite-micro the total
  /// begins with the real value of a stored 0.
  static func int8(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    guard context.hasOperands(of: .int8) else { return nil }
    let input = try context.quantization(of: context.input(0))
    let output = try context.quantization(of: context.output)
    for index in context.op.inputs.indices {
      guard try context.quantization(of: context.input(index)) == input else {
        throw context.failure(found: "inputs of different scales", expected: "one scale")
      }
    }
    let half = try context.multiplier(0.5)
    let multiplier = try context.multiplier(2 * input.scale / (Double(1 << 20) * output.scale))
    let arithmetic = context.elementwiseArithmetic
    let initial = arithmetic.scale((0 &- input.zeroPoint) &<< 20, by: half)
    let (inputs, count) = (context.op.inputs.count, context.output.shape.elementCount)
    return { operands in
      let result = operands.output(as: Int8.self)
      for index in 0..<count {
        var total = initial
        for operand in 0..<inputs {
          let centered = Int32(operands.input(operand, as: Int8.self)[index]) &- input.zeroPoint
          total = total &+ arithmetic.scale(centered &<< 20, by: half)
        }
        result[index] = Int8(clamping: arithmetic.scale(total, by: multiplier) &+ output.zeroPoint)
      }
    }
  }

  /// `FAKE_QUANT`: the nearest value that the quantized range has, zero among them.
  static func fakeQuantize(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    guard case .fakeQuantize(let options) = context.op.operation,
      context.hasOperands(of: .float32)
    else { return nil }
    let low: Float = options.isNarrow ? 1 : 0
    let high = Float((1 << options.bitCount) - 1)
    let scale = (options.maximum - options.minimum) / (high - low)
    let zero = low - options.minimum / scale
    let nudgedZero = zero < low ? low : zero > high ? high : zero.rounded(.toNearestOrAwayFromZero)
    let (minimum, maximum) = ((low - nudgedZero) * scale, (high - nudgedZero) * scale)
    let inverse = 1 / scale
    return context.unary { (x: Float) in
      let shifted = min(max(x, minimum), maximum) - minimum
      return (shifted * inverse + 0.5).rounded(.down) * scale + minimum
    }
  }
}
