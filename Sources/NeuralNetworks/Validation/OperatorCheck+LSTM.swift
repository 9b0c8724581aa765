/// Operands of LSTM operators.
extension OperatorCheck {
  /// Operands of one direction. Weights of float32 go with biases of it.
  ///
  /// - Parameter depth: of the input that the direction reads.
  /// - Returns: the extent of the output.
  private func lstmDirection(
    _ places: LSTMPlaces, depth: Int, auxiliaryDepth: Int?, batches: Int
  ) throws(ModelError) -> Int {
    let type = try input(0).elementType
    let (weights, recurrent) = (
      try input(places.inputWeights + 3).shape, try input(places.recurrentWeights + 3).shape
    )
    try require(weights.rank == 2 && recurrent.rank == 2, "weights of two axes")
    let (cells, outputs) = (weights[0], recurrent[1])
    let isCoupled = optionalInput(places.inputWeights) == nil
    try require(
      (optionalInput(places.recurrentWeights) == nil) == isCoupled, "both weights of a gate")
    for gate in (isCoupled ? 1 : 0)...3 {
      try requireMatrix(places.inputWeights + gate, rows: cells, columns: depth)
      try requireMatrix(places.recurrentWeights + gate, rows: cells, columns: outputs)
      try requireVector(places.bias + gate, count: cells, isOptional: false)
      if let first = places.auxiliaryWeights, let auxiliaryDepth {
        try requireMatrix(first + gate, rows: cells, columns: auxiliaryDepth)
      }
      try requireBias(places.bias + gate, isFloat: type == .float32)
    }
    for offset in 0...2 { try requireVector(places.peephole + offset, count: cells) }
    if let first = places.layerNorm {
      for offset in 0...3 { try requireVector(first + offset, count: cells) }
    }
    if optionalInput(places.projection) == nil {
      try require(outputs == cells, "a projection, or as many outputs as cells")
    }
    try requireMatrix(places.projection, rows: outputs, columns: cells, isOptional: true)
    try requireVector(places.projection + 1, count: outputs)
    try checkUniformWeights(places, isFloat: type == .float32)
    let states: [ElementType] = type == .float32 ? [.float32] : [.int8, .int16]
    try requireState(places.hiddenState, count: try product(batches, outputs), states)
    try requireState(places.cellState, count: try product(batches, cells), states)
    return outputs
  }

  func requireBias(_ index: Int, isFloat: Bool) throws(ModelError) {
    guard let tensor = optionalInput(index) else { return }
    let isWide = tensor.elementType == .int32 || tensor.elementType == .int64
    try require(
      isFloat ? tensor.elementType == .float32 : isWide,
      isFloat ? "float32 biases" : "int32 or int64 biases")
  }

  /// Matrices are all float32 or all int8; what is added to float sums is float32.
  private func checkUniformWeights(_ places: LSTMPlaces, isFloat: Bool) throws(ModelError) {
    let type = try input(places.inputWeights + 3).elementType
    try require(isFloat || type == .int8, "int8 weights")
    let matrices =
      (0...3).flatMap { [places.inputWeights + $0, places.recurrentWeights + $0] }
      + (places.auxiliaryWeights.map { first in (0...3).map { first + $0 } } ?? [])
      + [places.projection]
    for index in matrices {
      guard let tensor = optionalInput(index) else { continue }
      try require(tensor.elementType == type, "weights of one type")
    }
    guard isFloat else { return }
    for offset in 0...2 {
      guard let tensor = optionalInput(places.peephole + offset) else { continue }
      try require(tensor.elementType == type, "weights of one type")
    }
    let floats =
      (places.layerNorm.map { first in (0...3).map { first + $0 } } ?? [])
      + [places.projection + 1]
    for index in floats {
      guard let tensor = optionalInput(index) else { continue }
      try require(tensor.elementType == .float32, "float32 coefficients")
    }
  }

  func lstmType() throws(ModelError) -> [TensorType]? {
    guard case .lstm(let attributes) = op.operation else { return nil }
    if attributes.isBasic { return try basicLSTMTypes() }
    try require(op.inputs.count >= 20 && op.outputs.count == 1, "20 inputs and one output")
    let source = try input(0)
    try require(source.shape.rank == 2, "an input [batch, depth]")
    let outputs = try lstmDirection(
      .sequence, depth: source.shape[1], auxiliaryDepth: nil, batches: source.shape[0])
    return [.init(source.elementType, try shape([source.shape[0], outputs]))]
  }

  private func basicLSTMTypes() throws(ModelError) -> [TensorType] {
    try require(op.inputs.count == 5 && op.outputs.count == 4, "5 inputs and 4 outputs")
    let (source, previous, weights, state) = (
      try input(0), try input(1), try input(2), try input(4)
    )
    try require(
      source.shape.rank == 2 && previous.shape.rank == 2 && weights.shape.rank == 2,
      "input, activation and weights of two axes")
    let (batches, depth, count) = (source.shape[0], source.shape[1], previous.shape[1])
    let isFloat = try inputs().allSatisfy { $0.elementType == .float32 }
    try require(isFloat, "float32 operands")
    let biasCount = try input(3).shape.elementCount
    try require(
      previous.shape[0] == batches && state.shape == previous.shape
        && weights.shape == Shape(checking: [4 * count, depth + count])
        && biasCount == 4 * count,
      "weights [4 x units, depth + units] and a bias of 4 x units")
    return [
      .init(.float32, previous.shape), .init(.float32, previous.shape),
      .init(.float32, try shape([batches, depth + count])),
      .init(.float32, try shape([batches, 4 * count])),
    ]
  }

  /// Batch and time of a sequence [time, batch, depth] or [batch, time, depth].
  func sequence(isTimeMajor: Bool) throws(ModelError) -> (batches: Int, depth: Int) {
    let source = try input(0).shape
    try require(source.rank == 3, "an input of three axes")
    return (source[isTimeMajor ? 1 : 0], source[2])
  }

  func sequenceLSTMType() throws(ModelError) -> [TensorType]? {
    guard case .unidirectionalSequenceLSTM(let attributes) = op.operation else { return nil }
    let (batches, depth) = try sequence(isTimeMajor: attributes.isTimeMajor)
    let outputs = try lstmDirection(
      .sequence, depth: depth, auxiliaryDepth: nil, batches: batches)
    let source = try input(0)
    let extents = Array(source.shape.dimensions.dropLast()) + [outputs]
    return [.init(source.elementType, try shape(extents))]
  }

  func bidirectionalLSTMTypes() throws(ModelError) -> [TensorType]? {
    guard case .bidirectionalSequenceLSTM(let attributes) = op.operation else { return nil }
    let (batches, depth) = try sequence(isTimeMajor: attributes.isTimeMajor)
    try require(try input(0).elementType == .float32, "a float32 input")
    let second = try secondInput(39, weights: [41, 45], all: 40...47)
    let hasWeights = second != nil && optionalInput(41) != nil
    let forward = try lstmDirection(
      .forward, depth: depth, auxiliaryDepth: hasWeights ? second : nil, batches: batches)
    let backward = try lstmDirection(
      .backward, depth: hasWeights ? depth : second ?? depth,
      auxiliaryDepth: hasWeights ? second : nil, batches: batches)
    return try directions(forward, backward, merges: attributes.mergesOutputs)
  }

  /// The depth of a second input of the first one's other extents; nil when there is none.
  ///
  /// - Parameter all: inputs that have no meaning when `weights` are absent.
  func secondInput(
    _ index: Int, weights: [Int], all: ClosedRange<Int>
  ) throws(ModelError) -> Int? {
    if optionalInput(index) == nil || weights.allSatisfy({ optionalInput($0) == nil }) {
      try require(
        all.allSatisfy { optionalInput($0) == nil }, "weights of a second input only beside it")
    }
    guard let tensor = optionalInput(index) else { return nil }
    let first = try input(0)
    try require(
      tensor.shape.rank == 3 && tensor.elementType == first.elementType
        && tensor.shape.dimensions.dropLast().elementsEqual(first.shape.dimensions.dropLast()),
      "a second input of the first one's batch and time")
    let present = weights.filter { optionalInput($0) != nil }.count
    try require(present == 0 || present == weights.count, "weights of both directions, or none")
    return tensor.shape[2]
  }

  func directions(
    _ forward: Int, _ backward: Int, merges: Bool
  ) throws(ModelError) -> [TensorType] {
    let extents = Array(try input(0).shape.dimensions.dropLast())
    if merges { return [.init(.float32, try shape(extents + [forward + backward]))] }
    return [
      .init(.float32, try shape(extents + [forward])),
      .init(.float32, try shape(extents + [backward])),
    ]
  }
}

/// Where the operands of one direction of an LSTM are among the operator's inputs: the first of
/// four gates (three for peepholes) each.
public struct LSTMPlaces: Sendable {
  public let inputWeights, recurrentWeights, peephole, bias, projection: Int
  public let hiddenState, cellState: Int
  public var layerNorm: Int?
  /// Of a second input.
  public var auxiliaryWeights: Int?

  /// Operands of what a plain LSTM does without, and its name.
  public var extras: [(inputs: Range<Int>, name: String)] {
    [(peephole..<peephole + 3, "peepholes"), (projection..<projection + 2, "a projection")]
      + (layerNorm.map { [($0..<$0 + 4, "layer normalization")] } ?? [])
  }

  public static let sequence = LSTMPlaces(
    inputWeights: 1, recurrentWeights: 5, peephole: 9, bias: 12, projection: 16,
    hiddenState: 18, cellState: 19, layerNorm: 20)
  public static let forward = LSTMPlaces(
    inputWeights: 1, recurrentWeights: 5, peephole: 9, bias: 12, projection: 16,
    hiddenState: 35, cellState: 36, auxiliaryWeights: 40)
  public static let backward = LSTMPlaces(
    inputWeights: 18, recurrentWeights: 22, peephole: 26, bias: 29, projection: 33,
    hiddenState: 37, cellState: 38, auxiliaryWeights: 44)
}
