import NeuralNetworks

/// `QUANTIZE` and `DEQUANTIZE`.
enum QuantizeKernels {
  /// From float: `round(real / scale) + zero point`, half away from zero, clamped. Scales may run
  /// along an axis.
  static func float32<Value: StoredInteger>(
    _ context: KernelContext, _: Value.Type
  ) throws(ModelError) -> KernelBody? {
    guard context.input(0).elementType == .float32,
      context.output.elementType == Value.elementType
    else { return nil }
    let channels = try ChannelQuantization(context, context.output)
    let count = context.output.shape.elementCount
    return { operands in
      let source = operands.input(0, as: Float.self)
      let result = operands.output(as: Value.self)
      for index in 0..<count {
        let channel = channels.channel(of: index)
        let steps = (source[index] / Float(channels.scales[channel]))
          .rounded(.toNearestOrAwayFromZero)
        let bounded = Int64(max(-0x1p40, min(0x1p40, steps.isNaN ? 0 : steps)))
        result[index] = Value(clamping: bounded + Int64(channels.zeroPoints[channel]))
      }
    }
  }

  /// Between two integer quantizations.
  static func requantize<Source: StoredInteger, Result: StoredInteger>(
    _ context: KernelContext, _: Source.Type, _: Result.Type
  ) throws(ModelError) -> KernelBody? {
    guard context.input(0).elementType == Source.elementType,
      context.output.elementType == Result.elementType
    else { return nil }
    let input = try context.quantization(of: context.input(0))
    let output = try context.quantization(of: context.output)
    if context.arithmetic == .singleRounding {
      let factor = XNNPACKFactor(Float(input.scale) / Float(output.scale))
      return context.unary { (stored: Source) -> Result in
        let value = Int32(truncatingIfNeeded: stored) &- input.zeroPoint
        return Result(clamping: factor.steps(value) &+ output.zeroPoint)
      }
    }
    let multiplier = try context.multiplier(input.scale / output.scale)
    let count = context.output.shape.elementCount
    let arithmetic = context.arithmetic
    return { operands in
      let source = operands.input(0, as: Source.self)
      let result = operands.output(as: Result.self)
      for index in 0..<count {
        let value = Int32(truncatingIfNeeded: source[index]) &- input.zeroPoint
        let scaled = arithmetic.scale(value, by: multiplier)
        result[index] = Result(clamping: scaled &+ output.zeroPoint)
      }
    }
  }

  static func dequantize<Value: StoredInteger>(
    _ context: KernelContext, _: Value.Type
  ) throws(ModelError) -> KernelBody? {
    guard context.input(0).elementType == Value.elementType,
      context.output.elementType == .float32
    else { return nil }
    let channels = try ChannelQuantization(context, context.input(0))
    let count = context.output.shape.elementCount
    return { operands in
      let source = operands.input(0, as: Value.self)
      let result = operands.output(as: Float.self)
      for index in 0..<count {
        let channel = channels.channel(of: index)
        let steps = Int64(source[index]) - Int64(channels.zeroPoints[channel])
        result[index] = Float(channels.scales[channel] * Double(steps))
      }
    }
  }

  /// Weights of 16-bit floats are widened.
  static func widen(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    guard context.input(0).elementType == .float16, context.output.elementType == .float32
    else { return nil }
    let count = context.output.shape.elementCount
    return { operands in
      let source = operands.input(0, as: Float16.self)
      let result = operands.output(as: Float.self)
      for index in 0..<count { result[index] = Float(source[index]) }
    }
  }
}

/// Scales and zero points of a tensor, one for all elements or one for each index of an axis.
struct ChannelQuantization: Sendable {
  let scales: [Double]
  let zeroPoints: [Int32]
  /// Elements for each step of the axis.
  private let inner: Int

  init(_ context: KernelContext, _ tensor: Tensor) throws(ModelError) {
    guard let quantization = tensor.quantization, quantization.isPerChannel else {
      let whole = try context.quantization(of: tensor)
      (scales, zeroPoints, inner) = ([whole.scale], [whole.zeroPoint], 1)
      return
    }
    let axis = quantization.axis
    guard (0..<tensor.shape.rank).contains(axis),
      tensor.shape[axis] == quantization.scales.count,
      quantization.scales.allSatisfy({ $0 > 0 && $0.isFinite }),
      quantization.zeroPoints.allSatisfy({ Int32(exactly: $0) != nil })
    else {
      throw context.failure(
        found: "\(quantization.scales.count) scales on axis \(axis) of \(tensor.shape)",
        expected: "positive ones, one for each index of the axis")
    }
    scales = quantization.scales.map(Double.init)
    zeroPoints = quantization.zeroPoints.map { Int32(truncatingIfNeeded: $0) }
    inner = tensor.shape.dimensions[(axis + 1)...].reduce(1, *)
  }

  @inline(__always)
  func channel(of index: Int) -> Int {
    scales.count == 1 ? 0 : index / inner % scales.count
  }
}
