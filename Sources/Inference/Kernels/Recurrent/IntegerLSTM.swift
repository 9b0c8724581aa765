import NeuralNetworks

/// An LSTM as tflite-micro computes it: activations of 8 or 16 bits, int8 weights, and a cell state
/// of 16 bits.
///
/// Source: `lstm_eval.h` of TensorFlow Lite Micro, which defines the roundings: gates are Q3.12
/// before their activation and Q0.15 after it. `FullIntegerLSTM` is LiteRT's.
struct IntegerLSTM<Value: StoredInteger, Sum: Accumulator>: Sendable {
  private struct Gate {
    let inputWeights, recurrentWeights: Int
    let bias: Int?
    let inputMultiplier, recurrentMultiplier: FixedPointMultiplier
    let isTanh: Bool
  }

  private let gates: [Gate]
  private let inputZeroPoint, hiddenZeroPoint: Int32
  private let forgetMultiplier, admitMultiplier, hiddenMultiplier: FixedPointMultiplier
  private let cellScaling: SigmoidTable.Scaling
  private let gateScaling = SigmoidTable.Scaling(powerOfTwo: 0)
  private let cellClip: Int16?
  private let table = SigmoidTable()
  private let arithmetic: Arithmetic
  let inputCount, cellCount: Int

  /// - Throws: when the LSTM has a projection, peepholes, layer normalization or a coupled input
  ///   gate, or a quantization cannot be used.
  init(_ context: KernelContext, _ attributes: LSTMAttributes) throws(ModelError) {
    try Self.checkForm(context)
    let input = try context.quantization(of: context.input(0))
    let hidden = try context.quantization(of: context.input(18))
    let cell = try context.quantization(of: context.input(19))
    let exponent = cell.scale.exponent
    guard cell.scale == Double(sign: .plus, exponent: exponent, significand: 1),
      (-30...0).contains(exponent), cell.zeroPoint == 0
    else {
      throw context.failure(
        found: "a cell state of scale \(cell.scale), zero point \(cell.zeroPoint)",
        expected: "a power of two from 2^-30 to 1, and zero point 0")
    }
    func multiplier(_ operand: Int, _ scale: Double) throws(ModelError) -> FixedPointMultiplier {
      let weights = try context.weightScales(of: context.input(operand), axis: 0, count: 1)
      let multiplier = try context.multiplier(scale * weights[0] / 0x1p-12)
      try Sum.checkScaling(multiplier, context)
      return multiplier
    }
    var gates: [Gate] = []
    for index in 0..<4 {
      gates.append(
        Gate(
          inputWeights: 1 + index, recurrentWeights: 5 + index,
          bias: context.optionalInput(12 + index) == nil ? nil : 12 + index,
          inputMultiplier: try multiplier(1 + index, input.scale),
          recurrentMultiplier: try multiplier(5 + index, hidden.scale),
          isTanh: index == 2 && attributes.activation == .tanh))
    }
    self.gates = gates
    (inputZeroPoint, hiddenZeroPoint) = (input.zeroPoint, hidden.zeroPoint)
    forgetMultiplier = try context.multiplier(0x1p-15)
    admitMultiplier = try context.multiplier(0x1p-30 / cell.scale)
    hiddenMultiplier = try context.multiplier(0x1p-30 / hidden.scale)
    cellScaling = SigmoidTable.Scaling(powerOfTwo: Int32(exponent) + 12)
    let clip = Double(attributes.cellClip) / cell.scale
    cellClip = clip > 0 ? Int16(min(clip, 32_767)) : nil
    arithmetic = context.elementwiseArithmetic
    inputCount = context.input(0).shape.dimensions.last ?? 1
    cellCount = context.input(1).shape[0]
  }

  private static func checkForm(_ context: KernelContext) throws(ModelError) {
    let absent = (9...11).map { $0 } + [16, 17] + (20...23).map { $0 }
    let isPlain =
      absent.allSatisfy { context.optionalInput($0) == nil }
      && (1...8).allSatisfy { context.optionalInput($0)?.elementType == .int8 }
      && (12...15).allSatisfy {
        context.optionalInput($0).map { $0.elementType == Sum.elementType } ?? true
      }
    guard isPlain else {
      throw context.failure(
        found: "an integer LSTM with peepholes, projection, layer normalization, a coupled gate, "
          + "or other types",
        expected: "four gates of int8 weights with biases of \(Sum.elementType)")
    }
  }

  /// One step of one batch entry.
  func step(
    _ operands: KernelOperands, batch: Int, input: UnsafePointer<Value>,
    output: UnsafeMutablePointer<Value>
  ) {
    let hidden = operands.state(18, as: Value.self) + batch &* cellCount
    let cell = operands.state(19, as: Int16.self) + batch &* cellCount
    let values = gates.map { gateValues($0, operands, input, UnsafePointer(hidden)) }
    for index in 0..<cellCount {
      let kept = rescaled(values[1][index], cell[index], forgetMultiplier)
      let admitted = rescaled(values[0][index], values[2][index], admitMultiplier)
      cell[index] = Int16(clamping: Int32(kept) &+ Int32(admitted))
      if let clip = cellClip { cell[index] = min(max(cell[index], 0 &- clip), clip) }
      let shown = table.hyperbolicTangent(cell[index], cellScaling)
      let product = Int32(shown) &* Int32(values[3][index])
      let stored = arithmetic.scale(product, by: hiddenMultiplier) &+ hiddenZeroPoint
      hidden[index] = Value(clamping: stored)
    }
    output.update(from: hidden, count: cellCount)
  }

  private func rescaled(
    _ left: Int16, _ right: Int16, _ multiplier: FixedPointMultiplier
  ) -> Int16 {
    Int16(clamping: arithmetic.scale(Int32(left) &* Int32(right), by: multiplier))
  }

  private func gateValues(
    _ gate: Gate, _ operands: KernelOperands, _ input: UnsafePointer<Value>,
    _ hidden: UnsafePointer<Value>
  ) -> [Int16] {
    let inputWeights = operands.input(gate.inputWeights, as: Int8.self)
    let recurrentWeights = operands.input(gate.recurrentWeights, as: Int8.self)
    let bias = gate.bias.map { operands.input($0, as: Sum.self) }
    return (0..<cellCount).map { row in
      let fromInput = product(
        inputWeights + row &* inputCount, input, count: inputCount, zeroPoint: inputZeroPoint,
        bias: bias?[row] ?? 0, gate.inputMultiplier)
      let fromState = product(
        recurrentWeights + row &* cellCount, hidden, count: cellCount,
        zeroPoint: hiddenZeroPoint, bias: 0, gate.recurrentMultiplier)
      let sum = Int16(clamping: Int32(fromInput) &+ Int32(fromState))
      return gate.isTanh
        ? table.hyperbolicTangent(sum, gateScaling) : table.sigmoid(sum, gateScaling)
    }
  }

  private func product(
    _ weights: UnsafePointer<Int8>, _ values: UnsafePointer<Value>, count: Int,
    zeroPoint: Int32, bias: Sum, _ multiplier: FixedPointMultiplier
  ) -> Int16 {
    var sum: Sum = 0
    for index in 0..<count {
      let value = Sum(truncatingIfNeeded: values[index]) &- Sum(truncatingIfNeeded: zeroPoint)
      sum &+= value &* Sum(truncatingIfNeeded: weights[index])
    }
    return Int16(clamping: (sum &+ bias).scaled(by: multiplier, arithmetic))
  }
}

extension LSTMKernels {
  static func int8(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    try quantized(context, Int8.self, Int32.self)
  }

  static func int16(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    try quantized(context, Int16.self, Int64.self)
  }

  private static func quantized<Value: StoredInteger, Sum: Accumulator>(
    _ context: KernelContext, _: Value.Type, _: Sum.Type
  ) throws(ModelError) -> KernelBody? {
    guard context.isUnary(Value.elementType),
      case .unidirectionalSequenceLSTM(let attributes) = context.op.operation,
      context.input(18).elementType == Value.elementType,
      context.input(19).elementType == .int16
    else { return nil }
    let cell = try IntegerLSTM<Value, Sum>(context, attributes)
    let steps = SequenceSteps(context.input(0).shape, isTimeMajor: attributes.isTimeMajor)
    return { operands in
      let input = operands.input(0, as: Value.self)
      let output = operands.output(as: Value.self)
      steps.forEach { batch, row in
        cell.step(
          operands, batch: batch, input: input + row &* cell.inputCount,
          output: output + row &* cell.cellCount)
      }
    }
  }
}
