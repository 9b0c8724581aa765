import NeuralNetworks

extension NetworkExport {
  /// `UNIDIRECTIONAL_SEQUENCE_LSTM` without what it may have besides: peepholes, projection and
  /// layer normalization.
  ///
  /// - Parameter operands: the value; input weights, recurrent weights and biases of all gates.
  mutating func appendLSTM(_ layer: LSTMLayer, _ node: Node, _ operands: [Int?], _ output: Int) {
    precondition(!layer.isCoupled && layer.activation == .tanh, "no layer of an architecture")
    let absent = [Int?](repeating: nil, count: 3)
    let state: [Int?] = ["state", "cells"].map { name in
      addVariable("\(node.place)/\(name)", [1, layer.geometry.units])
    }
    let inputs =
      Array(operands[0...8]) + absent + Array(operands[9...12]) + absent.dropLast() + state
      + absent + [nil]
    operators.append(
      Operator(
        operation: .unidirectionalSequenceLSTM(
          LSTMAttributes(activation: .tanh, cellClip: layer.cellClip)),
        inputs: inputs, outputs: [add(value: output)]))
  }

  /// The axis along which operands stand beside each other.
  func concatenationAxis(_ node: Node) -> Int {
    let (part, whole) = (
      graph.values[node.inputs[0]].shape, graph.values[node.output].shape
    )
    return 1 + (part.indices.first { part[$0] != whole[$0] } ?? 0)
  }

  /// Begin and size of a slice, with the batch.
  func slice(_ view: StridedView, of value: Int) -> (begins: [Int], sizes: [Int]) {
    guard let begins = view.begins(in: graph.values[value].shape) else {
      preconditionFailure("no layer of an architecture")
    }
    return ([0] + begins, [1] + view.extents)
  }
}
