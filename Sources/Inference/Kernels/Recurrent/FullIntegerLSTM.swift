import NeuralNetworks

/// An LSTM of int8 activations, int8 weights and 16-bit cell state as LiteRT computes it, with all
/// forms: coupled gates, peepholes, layer normalization, a projection.
///
/// Source: `EvalInteger8x8_16` in `lstm_eval.cc` of TensorFlow Lite. Scales are products in 32-bit
/// floats there, and so they are here. Gates are Q3.12 before their activation (with layer
/// normalization, what the operator's intermediates say) and Q0.15 after it.
struct FullIntegerLSTM: Sendable {
  let input: (count: Int, zeroPoint: Int32)
  /// Of the hidden state, which is also the output.
  let output: (count: Int, zeroPoint: Int32)
  let cellCount: Int
  /// The forget gate, the cell's, the output gate, and the input gate unless it is coupled.
  private let forget, modulation, exit: IntegerLSTMGate
  private let entry: IntegerLSTMGate?
  private let projection: IntegerLSTMProjection?
  /// Of the hidden values before a projection.
  private let hiddenZeroPoint: Int32
  private let hiddenMultiplier: FixedPointMultiplier
  private let keepMultiplier, admitMultiplier: FixedPointMultiplier
  private let cellClip: Int16?
  private let integerBits: Int32
  private let arithmetic: Arithmetic

  /// - Throws: when an operand has another type, or a quantization cannot be used.
  init(_ context: KernelContext, _ attributes: LSTMAttributes) throws(ModelError) {
    let source = try context.quantization(of: context.input(0))
    let state = try context.quantization(of: context.input(18))
    let cell = try context.quantization(of: context.input(19))
    let exponent = cell.scale.exponent
    guard cell.scale == Double(sign: .plus, exponent: exponent, significand: 1),
      (-15 ... -9).contains(exponent), cell.zeroPoint == 0
    else {
      throw context.failure(
        found: "a cell state of scale \(cell.scale), zero point \(cell.zeroPoint)",
        expected: "a power of two from 2^-15 to 2^-9, and zero point 0")
    }
    integerBits = Int32(15 + exponent)
    input = (context.input(0).shape.dimensions.last ?? 1, source.zeroPoint)
    cellCount = context.input(4).shape[0]
    output = (context.input(8).shape[1], state.zeroPoint)
    func gate(_ index: Int) throws(ModelError) -> IntegerLSTMGate {
      try IntegerLSTMGate(
        context, index, input: Float(source.scale), state: Float(state.scale),
        cell: Float(cell.scale))
    }
    entry = context.optionalInput(1) == nil ? nil : try gate(0)
    (forget, modulation, exit) = (try gate(1), try gate(2), try gate(3))
    let hidden = try context.intermediate(4) ?? state
    let scale = Float(0x1p-15 / hidden.scale * 0x1p-15)
    hiddenZeroPoint = hidden.zeroPoint
    hiddenMultiplier = try context.multiplier(Double(scale))
    keepMultiplier = try context.multiplier(0x1p-15)
    admitMultiplier = try context.multiplier(0x1p-30 / cell.scale)
    projection =
      context.optionalInput(16) == nil
      ? nil
      : try IntegerLSTMProjection(
        context, hidden: hidden, state: Float(state.scale), clip: attributes.projectionClip)
    let clip = attributes.cellClip / Float(cell.scale)
    cellClip = clip > 0 ? Int16(min(clip, 32_767)) : nil
    arithmetic = context.elementwiseArithmetic
  }

  /// One step of one batch entry.
  ///
  /// - Parameter flatBatch: the place of the entry among those that LiteRT computes in one call.
  func step(
    _ operands: KernelOperands, batch: Int, flatBatch: (index: Int, count: Int),
    input values: UnsafePointer<Int8>, output result: UnsafeMutablePointer<Int8>
  ) {
    let hidden = operands.state(18, as: Int8.self) + batch &* output.count
    let cell = operands.state(19, as: Int16.self) + batch &* cellCount
    let before = IntegerLSTMStep(
      operands: operands, input: (values, input.count, input.zeroPoint),
      hidden: (UnsafePointer(hidden), output.count, output.zeroPoint), cellCount: cellCount,
      flatBatch: flatBatch, arithmetic: arithmetic)
    let kept = before.logistic(before.sums(of: forget, cell))
    let modulated = before.sums(of: modulation, cell).map {
      HalfWordFixedPoint.hyperbolicTangent($0, integerBits: 3)
    }
    let admitted =
      entry.map { before.logistic(before.sums(of: $0, cell)) } ?? kept.map { 32_767 &- $0 }
    for index in 0..<cellCount {
      let old = product(kept[index], cell[index], keepMultiplier)
      let new = product(admitted[index], modulated[index], admitMultiplier)
      cell[index] = Int16(clamping: Int32(old) &+ Int32(new))
      if let clip = cellClip { cell[index] = min(max(cell[index], 0 &- clip), clip) }
    }
    let shown = before.logistic(before.sums(of: exit, cell))
    let outputs = (0..<cellCount).map { index in
      let state = HalfWordFixedPoint.hyperbolicTangent(cell[index], integerBits: integerBits)
      let product = Int32(shown[index]) &* Int32(state)
      return Int8(
        clamping: arithmetic.scale(product, by: hiddenMultiplier) &+ hiddenZeroPoint)
    }
    let projected =
      projection?.apply(outputs, operands, zeroPoint: output.zeroPoint, arithmetic) ?? outputs
    for index in 0..<output.count {
      hidden[index] = projected[index]
      result[index] = projected[index]
    }
  }

  private func product(
    _ left: Int16, _ right: Int16, _ multiplier: FixedPointMultiplier
  ) -> Int16 {
    Int16(truncatingIfNeeded: arithmetic.scale(Int32(left) &* Int32(right), by: multiplier))
  }
}

extension KernelContext {
  /// What an LSTM says of values that no tensor holds; nil where it says nothing.
  func intermediate(_ index: Int) throws(ModelError) -> (scale: Double, zeroPoint: Int32)? {
    guard op.intermediates.indices.contains(index) else { return nil }
    let tensor = subgraph.tensors[op.intermediates[index]]
    return tensor.quantization == nil ? nil : try quantization(of: tensor)
  }
}

extension KernelContext {
  /// Four gates and nothing else, in a sequence.
  fileprivate var isLSTMOfTFLiteMicro: Bool {
    guard case .unidirectionalSequenceLSTM = op.operation else { return false }
    return optionalInput(1) != nil
      && ([9, 10, 11, 16] + Array(20...23)).allSatisfy { optionalInput($0) == nil }
  }
}

extension LSTMKernels {
  /// For LiteRT, and for forms that tflite-micro lacks.
  static func int8Full(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    let attributes: LSTMAttributes
    switch context.op.operation {
    case .unidirectionalSequenceLSTM(let sequence): attributes = sequence
    case .lstm(let single) where !single.isBasic: attributes = single
    default: return nil
    }
    guard context.isUnary(.int8), context.input(18).elementType == .int8,
      context.input(19).elementType == .int16
    else { return nil }
    guard context.family != .doubleRounding || !context.isLSTMOfTFLiteMicro else { return nil }
    let lstm = try FullIntegerLSTM(context, attributes)
    let steps = SequenceSteps(context.input(0).shape, isTimeMajor: attributes.isTimeMajor)
    let together = attributes.isTimeMajor ? steps.batchCount : 1
    return { operands in
      let input = operands.input(0, as: Int8.self)
      let output = operands.output(as: Int8.self)
      steps.forEach { batch, row in
        lstm.step(
          operands, batch: batch, flatBatch: (together > 1 ? batch : 0, together),
          input: input + row &* lstm.input.count, output: output + row &* lstm.output.count)
      }
    }
  }
}
