import NeuralNetworks

/// `LSTM`, `UNIDIRECTIONAL_SEQUENCE_LSTM` and `BIDIRECTIONAL_SEQUENCE_LSTM` in floating point.
enum LSTMKernels {
  static func sequence(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    guard context.isUnary(.float32) else { return nil }
    let attributes: LSTMAttributes
    switch context.op.operation {
    case .unidirectionalSequenceLSTM(let stated): attributes = stated
    case .lstm(let stated): attributes = stated
    default: return nil
    }
    let cell = try FloatLSTM(context, .sequence, attributes)
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
          output: output + row &* cell.outputCount)
      }
    }
  }

  /// Outputs of both directions beside each other, or in two tensors.
  static func bidirectional(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    guard context.isUnary(.float32),
      case .bidirectionalSequenceLSTM(let attributes) = context.op.operation
    else { return nil }
    let forward = try FloatLSTM(context, .forward, attributes)
    let backward = try FloatLSTM(context, .backward, attributes)
    let steps = SequenceSteps(context.input(0).shape, isTimeMajor: attributes.isTimeMajor)
    let places = SecondInput(context, weights: LSTMPlaces.forward.auxiliaryWeights)
    let merges = attributes.mergesOutputs
    let width = merges ? forward.outputCount + backward.outputCount : forward.outputCount
    return { operands in
      let first = operands.output(0, as: Float.self)
      steps.forEach { batch, row in
        let (input, auxiliary) = places.vectors(operands, row, forward.quantization)
        forward.step(
          operands, batch: batch, input: input, auxiliary: auxiliary,
          output: first + row &* width)
      }
      let second =
        merges ? first + forward.outputCount : operands.output(1, as: Float.self)
      let backwardWidth = merges ? width : backward.outputCount
      steps.forEach(isBackward: true) { batch, row in
        let (input, auxiliary) = places.vectors(
          operands, row, backward.quantization, isBackward: true)
        backward.step(
          operands, batch: batch, input: input, auxiliary: auxiliary,
          output: second + row &* backwardWidth)
      }
    }
  }

  /// The older form of one step: all gates in one matrix, in the order input, cell, forget,
  /// output. Outputs are activation, state, and two tensors that hold nothing worth reading.
  static func basic(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    guard context.isUnary(.float32), context.op.inputs.count == 5,
      case .lstm = context.op.operation
    else { return nil }
    let (batches, depth) = (context.input(0).shape[0], context.input(0).shape[1])
    let count = context.input(1).shape[1]
    return { operands in
      let (input, previous) = (operands.input(0, as: Float.self), operands.input(1, as: Float.self))
      let (weights, bias) = (operands.input(2, as: Float.self), operands.input(3, as: Float.self))
      let state = operands.input(4, as: Float.self)
      let (result, nextState) = (
        operands.output(0, as: Float.self), operands.output(1, as: Float.self)
      )
      let (joined, gates) = (operands.output(2, as: Float.self), operands.output(3, as: Float.self))
      for batch in 0..<batches {
        let row = joined + batch &* (depth &+ count)
        row.update(from: input + batch &* depth, count: depth)
        (row + depth).update(from: previous + batch &* count, count: count)
        let sums = gates + batch &* 4 &* count
        for gate in 0..<4 &* count {
          var sum: Float = 0
          for index in 0..<depth &+ count {
            sum += row[index] * weights[gate &* (depth &+ count) &+ index]
          }
          sums[gate] = sum + bias[gate]
        }
        let sigmoid = RecurrentActivation.sigmoid
        let tanh = RecurrentActivation.tanh
        for index in 0..<count {
          let place = batch &* count &+ index
          let admitted = sigmoid(sums[index]) * tanh(sums[count &+ index])
          let kept = sigmoid(sums[2 &* count &+ index]) * state[place]
          nextState[place] = admitted + kept
          result[place] = sigmoid(sums[3 &* count &+ index]) * tanh(nextState[place])
        }
      }
    }
  }
}

/// The second input of a bidirectional operator: an input of both directions where there are
/// weights for it, else the backward direction's only one.
struct SecondInput: Sendable {
  private let depth: Int
  private let place: Int
  private let secondDepth: Int?
  private let hasWeights: Bool

  init(_ context: KernelContext, place: Int = 39, weights: Int?) {
    depth = context.input(0).shape.dimensions.last ?? 1
    self.place = place
    secondDepth = context.optionalInput(place)?.shape.dimensions.last
    // The input gate may be coupled: the forget gate always has weights.
    hasWeights = weights.flatMap { context.optionalInput($0 + 1) } != nil
  }

  func vectors(
    _ operands: KernelOperands, _ row: Int, _ quantization: RecurrentQuantization,
    isBackward: Bool = false
  ) -> (RecurrentVector, RecurrentVector?) {
    func vector(_ operand: Int, _ depth: Int) -> RecurrentVector {
      RecurrentVector(
        operands.input(operand, as: Float.self) + row &* depth, count: depth,
        quantization: quantization)
    }
    guard let secondDepth else { return (vector(0, depth), nil) }
    if hasWeights { return (vector(0, depth), vector(place, secondDepth)) }
    return (isBackward ? vector(place, secondDepth) : vector(0, depth), nil)
  }
}
