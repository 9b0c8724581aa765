import NeuralNetworks

/// `SVDF`: a layer whose weights are products of a filter over features and one over time.
///
/// Source: Nakkiran et al. 2015, "Compressing Deep Neural Networks using a Rank-Constrained
/// Topology"; `svdf.cc` of TensorFlow Lite Micro.
enum SVDFKernels {
  static func float32(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    guard context.isUnary(.float32), case .svdf(let attributes) = context.op.operation,
      let features = try RecurrentWeights(context, 1)
    else { return nil }
    let extents = SVDFExtents(context, attributes)
    let quantization = RecurrentQuantization(
      context.input(1), isAsymmetric: attributes.quantizesInputsAsymmetrically)
    let timeScale: Float? =
      context.input(2).elementType == .int8
      ? Float(try context.weightScales(of: context.input(2), axis: 0, count: 1)[0]) : nil
    let hasBias = context.optionalInput(3) != nil
    return { operands in
      let input = operands.input(0, as: Float.self)
      let state = operands.state(4, as: Float.self)
      let bias = hasBias ? operands.input(3, as: Float.self) : nil
      let output = operands.output(as: Float.self)
      var latest = [Float](repeating: 0, count: extents.filters)
      for batch in 0..<extents.batches {
        let vector = RecurrentVector(
          input + batch &* extents.depth, count: extents.depth, quantization: quantization)
        latest.withUnsafeMutableBufferPointer { buffer in
          guard let values = buffer.baseAddress else { return }
          values.update(repeating: 0, count: extents.filters)
          features.accumulate(vector, operands, into: values)
        }
        let rows = state + batch &* extents.filters &* extents.memory
        extents.shift(rows) { latest[$0] }
        for unit in 0..<extents.units {
          var sum = bias?[unit] ?? 0
          for filter in unit &* extents.rank..<(unit &+ 1) &* extents.rank {
            sum += extents.product(rows, operands, filter: filter, scale: timeScale)
          }
          output[batch &* extents.units &+ unit] = attributes.activation(sum)
        }
      }
    }
  }

  static func int8(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    if let wide = try quantized(context, state: Int16.self) { return wide }
    return try quantized(context, state: Int8.self)
  }

  /// The state and the weights over time are of 8 or 16 bits. 32-bit sums wrap as on the device.
  private static func quantized<State: StoredInteger>(
    _ context: KernelContext, state: State.Type
  ) throws(ModelError) -> KernelBody? {
    guard context.isUnary(.int8), case .svdf(let attributes) = context.op.operation,
      context.input(1).elementType == .int8, context.input(2).elementType == State.elementType,
      context.input(4).elementType == State.elementType,
      context.optionalInput(3).map({ $0.elementType == .int32 }) ?? true
    else { return nil }
    let extents = SVDFExtents(context, attributes)
    let scales = try SVDFQuantization(context)
    let hasBias = context.optionalInput(3) != nil
    let arithmetic = context.arithmetic
    return { operands in
      let input = operands.input(0, as: Int8.self)
      let features = operands.input(1, as: Int8.self)
      let time = operands.input(2, as: State.self)
      let bias = hasBias ? operands.input(3, as: Int32.self) : nil
      let output = operands.output(as: Int8.self)
      for batch in 0..<extents.batches {
        let rows = operands.state(4, as: State.self) + batch &* extents.filters &* extents.memory
        extents.shift(rows) { filter in
          var sum: Int32 = 0
          for index in 0..<extents.depth {
            let value = Int32(input[batch &* extents.depth &+ index]) &- scales.inputZeroPoint
            sum &+= value &* Int32(features[filter &* extents.depth &+ index])
          }
          let scaled = State(clamping: arithmetic.scale(sum, by: scales.featureMultiplier))
          return State(truncatingIfNeeded: Int32(scaled) &+ scales.stateZeroPoint)
        }
        for unit in 0..<extents.units {
          var sum = bias?[unit] ?? 0
          let first = unit &* extents.rank &* extents.memory
          for index in first..<first &+ extents.rank &* extents.memory {
            sum &+= Int32(time[index]) &* (Int32(rows[index]) &- scales.stateZeroPoint)
          }
          let stored =
            arithmetic.scale(sum, by: scales.outputMultiplier) &+ scales.outputZeroPoint
          output[batch &* extents.units &+ unit] = Int8(clamping: stored)
        }
      }
    }
  }
}

/// Extents of an SVDF layer.
private struct SVDFExtents: Sendable {
  let batches, depth, filters, units, rank, memory: Int

  init(_ context: KernelContext, _ attributes: SVDFAttributes) {
    (batches, depth) = (context.input(0).shape[0], context.input(0).shape[1])
    filters = context.input(1).shape[0]
    memory = context.input(2).shape[1]
    rank = attributes.rank
    units = filters / rank
  }

  /// Drops the oldest activation of every filter and appends the latest.
  @inline(__always)
  func shift<State>(_ rows: UnsafeMutablePointer<State>, _ latest: (Int) -> State) {
    for filter in 0..<filters {
      let row = rows + filter &* memory
      for step in 1..<max(memory, 1) { row[step &- 1] = row[step] }
      row[memory &- 1] = latest(filter)
    }
  }

  /// A filter's weights over time against its activations.
  func product(
    _ rows: UnsafeMutablePointer<Float>, _ operands: KernelOperands, filter: Int, scale: Float?
  ) -> Float {
    var sum: Float = 0
    for step in filter &* memory..<(filter &+ 1) &* memory {
      let weight =
        scale.map { Float(operands.input(2, as: Int8.self)[step]) * $0 }
        ?? operands.input(2, as: Float.self)[step]
      sum += weight * rows[step]
    }
    return sum
  }
}

/// The scales of an integer SVDF, multiplied in 32 bits as the device does.
private struct SVDFQuantization: Sendable {
  let inputZeroPoint, stateZeroPoint, outputZeroPoint: Int32
  let featureMultiplier, outputMultiplier: FixedPointMultiplier

  init(_ context: KernelContext) throws(ModelError) {
    let input = try context.quantization(of: context.input(0))
    let state = try context.quantization(of: context.input(4))
    let output = try context.quantization(of: context.output)
    let features = try context.weightScales(of: context.input(1), axis: 0, count: 1)[0]
    let time = try context.weightScales(of: context.input(2), axis: 0, count: 1)[0]
    featureMultiplier = try context.multiplier(
      Double(Float(input.scale) * Float(features) / Float(state.scale)))
    outputMultiplier = try context.multiplier(
      Double(Float(state.scale) * Float(time) / Float(output.scale)))
    (inputZeroPoint, stateZeroPoint, outputZeroPoint) = (
      input.zeroPoint, state.zeroPoint, output.zeroPoint
    )
  }
}
