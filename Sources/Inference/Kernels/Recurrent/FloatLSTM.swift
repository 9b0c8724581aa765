import NeuralNetworks

/// One direction of an LSTM in floating point; weights are float32 or int8.
///
/// Source: Hochreiter and Schmidhuber 1997; Sak et al. 2014 (projection, peepholes); `lstm_eval.cc`
/// of LiteRT for the order of operations.
struct FloatLSTM: Sendable {
  private struct Gate {
    let input: RecurrentWeights?
    let auxiliary: RecurrentWeights?
    let recurrent: RecurrentWeights?
    let peephole: RecurrentScaling?
    let layerNorm: Int?
    let bias: Int?
    let activation: RecurrentActivation
  }

  private let operandPlaces: LSTMPlaces
  /// Nil when it is coupled to the forget gate.
  private let inputGate: Gate?
  private let forgetGate, cellGate, outputGate: Gate
  private let projection: RecurrentWeights?
  private let projectionBias: Int?
  private let attributes: LSTMAttributes
  let quantization: RecurrentQuantization
  let cellCount, outputCount: Int

  /// - Precondition: the operator is valid.
  init(
    _ context: KernelContext, _ places: LSTMPlaces, _ attributes: LSTMAttributes
  ) throws(ModelError) {
    func gate(
      _ index: Int, peephole: Int?, activation: RecurrentActivation = .sigmoid
    ) throws(ModelError) -> Gate {
      let norm = places.layerNorm.map { $0 + index }
      return Gate(
        input: try RecurrentWeights(context, places.inputWeights + index),
        auxiliary: try places.auxiliaryWeights.flatMap { (first) throws(ModelError) in
          try RecurrentWeights(context, first + index)
        },
        recurrent: try RecurrentWeights(context, places.recurrentWeights + index),
        peephole: try peephole.flatMap { (offset) throws(ModelError) in
          try RecurrentScaling(context, places.peephole + offset)
        },
        layerNorm: norm.flatMap { context.optionalInput($0) == nil ? nil : $0 },
        bias: context.optionalInput(places.bias + index) == nil ? nil : places.bias + index,
        activation: activation)
    }
    let isCoupled = context.optionalInput(places.inputWeights) == nil
    inputGate = isCoupled ? nil : try gate(0, peephole: 0)
    forgetGate = try gate(1, peephole: 1)
    cellGate = try gate(2, peephole: nil, activation: attributes.activation)
    outputGate = try gate(3, peephole: 2)
    projection = try RecurrentWeights(context, places.projection)
    projectionBias =
      context.optionalInput(places.projection + 1) == nil ? nil : places.projection + 1
    operandPlaces = places
    self.attributes = attributes
    let weights = context.input(places.inputWeights + 3)
    cellCount = weights.shape[0]
    outputCount = context.input(places.recurrentWeights + 3).shape[1]
    quantization = RecurrentQuantization(
      weights, isAsymmetric: attributes.quantizesInputsAsymmetrically)
  }

  /// One step of one batch entry.
  ///
  /// - Parameter auxiliary: the second input; nil where there is none.
  func step(
    _ operands: KernelOperands, batch: Int, input: RecurrentVector, auxiliary: RecurrentVector?,
    output: UnsafeMutablePointer<Float>
  ) {
    let hidden =
      operands.state(operandPlaces.hiddenState, as: Float.self) + batch &* outputCount
    let cell = operands.state(operandPlaces.cellState, as: Float.self) + batch &* cellCount
    let state = RecurrentVector(
      UnsafePointer(hidden), count: outputCount, quantization: quantization)
    let vectors = Vectors(
      operands: operands, input: input, auxiliary: auxiliary, state: state,
      cell: UnsafePointer(cell))
    let inputValues = inputGate.map { values(of: $0, vectors) }
    let forgetValues = values(of: forgetGate, vectors)
    let cellValues = values(of: cellGate, vectors)
    for index in 0..<cellCount {
      let admitted = inputValues?[index] ?? 1 - forgetValues[index]
      cell[index] = clipped(
        forgetValues[index] * cell[index] + cellValues[index] * admitted,
        to: attributes.cellClip)
    }
    var result = values(of: outputGate, vectors)
    for index in 0..<cellCount { result[index] *= attributes.activation(cell[index]) }
    write(result, to: hidden, operands)
    output.update(from: hidden, count: outputCount)
  }

  private struct Vectors {
    let operands: KernelOperands
    let input: RecurrentVector
    let auxiliary: RecurrentVector?
    let state: RecurrentVector
    let cell: UnsafePointer<Float>
  }

  private func values(of gate: Gate, _ vectors: Vectors) -> [Float] {
    let operands = vectors.operands
    let bias = gate.bias.map { operands.input($0, as: Float.self) }
    return [Float](unsafeUninitializedCapacity: cellCount) { buffer, count in
      count = cellCount
      guard let result = buffer.baseAddress else { return }
      for index in 0..<cellCount {
        result[index] = gate.layerNorm == nil ? bias?[index] ?? 0 : 0
      }
      gate.input?.accumulate(vectors.input, operands, into: result)
      if let auxiliary = vectors.auxiliary {
        gate.auxiliary?.accumulate(auxiliary, operands, into: result)
      }
      gate.recurrent?.accumulate(vectors.state, operands, into: result)
      gate.peephole?.accumulate(vectors.cell, operands, into: result)
      if let norm = gate.layerNorm {
        normalize(result, by: operands.input(norm, as: Float.self), bias)
      }
      for index in 0..<cellCount { result[index] = gate.activation(result[index]) }
    }
  }

  /// Layer normalization: mean 0 and variance 1, then coefficients and bias.
  private func normalize(
    _ values: UnsafeMutablePointer<Float>, by coefficients: UnsafePointer<Float>,
    _ bias: UnsafePointer<Float>?
  ) {
    var (sum, squares): (Float, Float) = (0, 0)
    for index in 0..<cellCount { sum += values[index] }
    let mean = sum / Float(cellCount)
    for index in 0..<cellCount { squares += (values[index] - mean) * (values[index] - mean) }
    let inverse = 1 / (squares / Float(cellCount) + 1e-8).squareRoot()
    for index in 0..<cellCount {
      values[index] = (values[index] - mean) * inverse * coefficients[index] + (bias?[index] ?? 0)
    }
  }

  private func write(
    _ values: [Float], to hidden: UnsafeMutablePointer<Float>, _ operands: KernelOperands
  ) {
    guard let projection else {
      for index in 0..<outputCount { hidden[index] = values[index] }
      return
    }
    let bias = projectionBias.map { operands.input($0, as: Float.self) }
    for index in 0..<outputCount { hidden[index] = bias?[index] ?? 0 }
    values.withUnsafeBufferPointer { values in
      guard let first = values.baseAddress else { return }
      let vector = RecurrentVector(first, count: cellCount, quantization: quantization)
      projection.accumulate(vector, operands, into: hidden)
    }
    for index in 0..<outputCount {
      hidden[index] = clipped(hidden[index], to: attributes.projectionClip)
    }
  }

  private func clipped(_ value: Float, to limit: Float) -> Float {
    limit > 0 ? min(max(value, -limit), limit) : value
  }
}
