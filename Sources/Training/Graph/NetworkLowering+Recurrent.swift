import NeuralNetworks

/// Recurrent operators. Every sample begins with a state of zeros.
extension NetworkLowering {
  mutating func addLSTM(_ op: Operator, _ attributes: LSTMAttributes) throws(ModelError) {
    let places = LSTMPlaces.sequence
    for (inputs, name) in places.extras where inputs.contains(where: { operand(op, $0) != nil }) {
      throw failure("an LSTM with \(name)", "one without, to be trained")
    }
    let isCoupled = operand(op, places.inputWeights) == nil
    let gates = isCoupled ? 1...3 : 0...3
    let geometry = try sequence(
      op, weights: places.inputWeights + 3, isTimeMajor: attributes.isTimeMajor,
      gates: gates.count)
    let parameters = try parameters(
      op,
      weights: [places.inputWeights, places.recurrentWeights].flatMap { first in
        gates.map { first + $0 }
      }, biases: gates.map { places.bias + $0 })
    let layer = LSTMLayer(
      geometry: geometry, activation: DifferentiableActivation(recurrent: attributes.activation),
      cellClip: attributes.cellClip, isCoupled: isCoupled)
    append(.lstm(layer), op, inputs: [try value(op, 0)], parameters: parameters)
  }

  mutating func addRecurrent(_ op: Operator, _ attributes: RNNAttributes) throws(ModelError) {
    let geometry = try sequence(
      op, weights: 1, isTimeMajor: attributes.isTimeMajor, gates: 1)
    append(
      .recurrent(geometry, DifferentiableActivation(recurrent: attributes.activation)), op,
      inputs: [try value(op, 0)], parameters: try parameters(op, weights: [1, 2], biases: [3]))
  }

  private func operand(_ op: Operator, _ input: Int) -> Int? {
    input < op.inputs.count ? op.inputs[input] : nil
  }

  /// With one sequence, time-major or not is the same order of elements.
  private func sequence(
    _ op: Operator, weights: Int, isTimeMajor: Bool, gates: Int
  ) throws(ModelError) -> SequenceGeometry {
    let shape = main.tensors[try tensor(op, 0)].shape
    guard shape[isTimeMajor ? 1 : 0] == 1 else {
      throw failure("\(shape[isTimeMajor ? 1 : 0]) sequences at a time", "one in each sample")
    }
    return SequenceGeometry(
      steps: shape[isTimeMajor ? 0 : 1], depth: shape[2],
      units: main.tensors[try tensor(op, weights)].shape[0], gates: gates)
  }

  private mutating func parameters(
    _ op: Operator, weights: [Int], biases: [Int]
  ) throws(ModelError) -> [Int] {
    var result: [Int] = []
    for input in weights { result.append(try parameter(op, input, .weight(outputAxis: 0))) }
    for input in biases { result.append(try parameter(op, input, .offset)) }
    return result
  }
}

extension DifferentiableActivation {
  /// Nil for none.
  fileprivate init?(recurrent activation: RecurrentActivation) {
    switch activation {
    case .none: return nil
    case .relu: self = .relu
    case .reluMinus1To1: self = .reluMinus1To1
    case .relu6: self = .relu6
    case .tanh: self = .tanh
    case .sigmoid: self = .logistic
    }
  }
}
