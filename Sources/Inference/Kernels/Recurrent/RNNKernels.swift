import NeuralNetworks

/// `RNN`, `UNIDIRECTIONAL_SEQUENCE_RNN` and `BIDIRECTIONAL_SEQUENCE_RNN` (Elman 1990): the state
/// is what the activation makes of input, state and bias.
enum RNNKernels {
  static func sequence(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    guard context.isUnary(.float32) else { return nil }
    let attributes: RNNAttributes
    switch context.op.operation {
    case .rnn(let stated), .unidirectionalSequenceRNN(let stated): attributes = stated
    default: return nil
    }
    let cell = try RNNCell(context, first: 1, state: 4, auxiliary: nil, attributes)
    let steps = SequenceSteps(context.input(0).shape, isTimeMajor: attributes.isTimeMajor)
    let depth = context.input(0).shape.dimensions.last ?? 1
    return { operands in
      let input = operands.input(0, as: Float.self)
      let output = operands.output(as: Float.self)
      steps.forEach { batch, row in
        let vector = RecurrentVector(
          input + row &* depth, count: depth, quantization: cell.quantization)
        cell.step(
          operands, batch: batch, input: vector, auxiliary: nil,
          output: output + row &* cell.unitCount)
      }
    }
  }

  static func bidirectional(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    guard context.isUnary(.float32),
      case .bidirectionalSequenceRNN(let attributes) = context.op.operation
    else { return nil }
    let forward = try RNNCell(context, first: 1, state: 4, auxiliary: 10, attributes)
    let backward = try RNNCell(context, first: 5, state: 8, auxiliary: 11, attributes)
    let steps = SequenceSteps(context.input(0).shape, isTimeMajor: attributes.isTimeMajor)
    let places = SecondInput(context, place: 9, weights: 9)
    let merges = attributes.mergesOutputs
    let width = merges ? forward.unitCount + backward.unitCount : forward.unitCount
    return { operands in
      let first = operands.output(0, as: Float.self)
      steps.forEach { batch, row in
        let (input, auxiliary) = places.vectors(operands, row, forward.quantization)
        forward.step(
          operands, batch: batch, input: input, auxiliary: auxiliary,
          output: first + row &* width)
      }
      let second = merges ? first + forward.unitCount : operands.output(1, as: Float.self)
      let backwardWidth = merges ? width : backward.unitCount
      steps.forEach(isBackward: true) { batch, row in
        let (input, auxiliary) = places.vectors(
          operands, row, backward.quantization, isBackward: true)
        backward.step(
          operands, batch: batch, input: input, auxiliary: auxiliary,
          output: second + row &* backwardWidth)
      }
    }
  }
}

/// One direction of an RNN.
private struct RNNCell: Sendable {
  private let input: RecurrentWeights?
  private let recurrent: RecurrentWeights?
  private let auxiliary: RecurrentWeights?
  private let bias: Int
  private let state: Int
  private let activation: RecurrentActivation
  let quantization: RecurrentQuantization
  let unitCount: Int

  /// - Parameter first: operand of the input weights; recurrent weights and bias follow.
  init(
    _ context: KernelContext, first: Int, state: Int, auxiliary: Int?,
    _ attributes: RNNAttributes
  ) throws(ModelError) {
    input = try RecurrentWeights(context, first)
    recurrent = try RecurrentWeights(context, first + 1)
    self.auxiliary = try auxiliary.flatMap { (operand) throws(ModelError) in
      try RecurrentWeights(context, operand)
    }
    bias = first + 2
    self.state = state
    activation = attributes.activation
    let weights = context.input(first)
    unitCount = weights.shape[0]
    quantization = RecurrentQuantization(
      weights, isAsymmetric: attributes.quantizesInputsAsymmetrically)
  }

  func step(
    _ operands: KernelOperands, batch: Int, input: RecurrentVector, auxiliary: RecurrentVector?,
    output: UnsafeMutablePointer<Float>
  ) {
    let hidden = operands.state(state, as: Float.self) + batch &* unitCount
    let previous = RecurrentVector(
      UnsafePointer(hidden), count: unitCount, quantization: quantization)
    output.update(from: operands.input(bias, as: Float.self), count: unitCount)
    self.input?.accumulate(input, operands, into: output)
    if let auxiliary { self.auxiliary?.accumulate(auxiliary, operands, into: output) }
    recurrent?.accumulate(previous, operands, into: output)
    for unit in 0..<unitCount {
      output[unit] = activation(output[unit])
      hidden[unit] = output[unit]
    }
  }
}
