/// Layers with a state, which is zero at the beginning of each sequence.
extension ONNXGraphBuilder {
  /// ONNX orders gates as input, output, forget, cell, and axes as [steps, directions, batch,
  /// units].
  ///
  /// - Throws: `ModelError` for what ONNX's operator does not compute in the same way.
  mutating func addLSTM(
    _ op: Operator, _ attributes: LSTMAttributes, place: String
  ) throws(ModelError) {
    let places = LSTMPlaces.sequence
    let extras = places.extras.flatMap(\.inputs)
    guard let input = op.inputs[0], attributes.activation == .tanh, attributes.cellClip == 0,
      !extras.contains(where: { $0 < op.inputs.count && op.inputs[$0] != nil }),
      let inputWeights = gates(op, places.inputWeights),
      let recurrentWeights = gates(op, places.recurrentWeights), let biases = gates(op, places.bias)
    else {
      throw ModelError(
        place: place, found: "an LSTM that is quantized, clipped, coupled or has parts besides",
        expected: "a plain one of floats, for ONNX")
    }
    let units = source.tensors[op.outputs[0]].shape.dimensions.last ?? 1
    let depth = source.tensors[input].shape.dimensions.last ?? 1
    let swap: [ONNXAttribute] = [.ints("perm", [1, 0, 2])]
    var value = real(input, .rows)
    if !attributes.isTimeMajor { value = append("Transpose", [value], swap) }
    value = append(
      "LSTM",
      [
        value, constant(inputWeights, .float32, [1, 4 * units, depth]),
        constant(recurrentWeights, .float32, [1, 4 * units, units]),
        constant(
          biases + Array(repeating: 0, count: 4 * units), .float32, [1, 8 * units]),
      ], [.int("hidden_size", units)])
    value = append("Squeeze", [value, integers([1])])
    if !attributes.isTimeMajor { value = append("Transpose", [value], swap) }
    write(value, to: op.outputs[0], .rows)
  }

  /// Constants of the gates input, forget, cell, output, in ONNX's order; nil unless all are
  /// floats.
  private func gates(_ op: Operator, _ first: Int) -> [Float]? {
    var result: [Float] = []
    for gate in [0, 3, 1, 2] {
      guard let values = op.inputs[first + gate].flatMap({ source.tensors[$0].floats }) else {
        return nil
      }
      result += values
    }
    return result
  }
}
