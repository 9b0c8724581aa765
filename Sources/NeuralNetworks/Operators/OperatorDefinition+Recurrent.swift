/// Operators with a state of their own, kept in variable tensors.
extension OperatorDefinition {
  static let recurrent = [
    OperatorDefinition(
      "LSTM", inputs: 5...24, outputs: 1...4, class: .fullyConnected,
      read: { .lstm(try $0.lstm()) }, rule: { try $0.lstmType() }),
    OperatorDefinition(
      "UNIDIRECTIONAL_SEQUENCE_LSTM", inputs: 20...24, class: .fullyConnected,
      read: { .unidirectionalSequenceLSTM(try $0.sequenceLSTM()) },
      rule: { try $0.sequenceLSTMType() }),
    OperatorDefinition(
      "BIDIRECTIONAL_SEQUENCE_LSTM", inputs: 39...48, outputs: 1...2, class: .fullyConnected,
      read: { .bidirectionalSequenceLSTM(try $0.bidirectionalLSTM()) },
      rule: { try $0.bidirectionalLSTMTypes() }),
    OperatorDefinition(
      "RNN", inputs: 5...5, class: .fullyConnected, read: { .rnn(try $0.rnn()) },
      rule: { try $0.rnnType(rank: 2) }),
    OperatorDefinition(
      "UNIDIRECTIONAL_SEQUENCE_RNN", inputs: 5...5, class: .fullyConnected,
      read: { .unidirectionalSequenceRNN(try $0.sequenceRNN()) },
      rule: { try $0.rnnType(rank: 3) }),
    OperatorDefinition(
      "BIDIRECTIONAL_SEQUENCE_RNN", inputs: 9...12, outputs: 1...2, class: .fullyConnected,
      read: { .bidirectionalSequenceRNN(try $0.bidirectionalRNN()) },
      rule: { try $0.bidirectionalRNNTypes() }),
    OperatorDefinition(
      "SVDF", inputs: 5...5, class: .fullyConnected, read: { .svdf(try $0.svdf()) },
      rule: { try $0.svdfType() }),
  ]
}

extension OperatorCheck {
  // MARK: Operands

  /// A matrix of the stated extents, of float32 or int8; nil when it is absent and may be.
  func requireMatrix(
    _ index: Int, rows: Int, columns: Int, isOptional: Bool = false
  ) throws(ModelError) {
    guard let tensor = isOptional ? optionalInput(index) : try input(index) else { return }
    try require(
      tensor.shape == Shape(checking: [rows, columns]) && tensor.isWeight,
      "[\(rows), \(columns)] weights of float32 or int8 as input \(index)")
  }

  func requireVector(
    _ index: Int, count: Int, isOptional: Bool = true
  ) throws(ModelError) {
    guard let tensor = isOptional ? optionalInput(index) : try input(index) else { return }
    try require(tensor.shape.elementCount == count, "\(count) elements as input \(index)")
  }

  /// A tensor that outlives an invocation, as only variables do.
  func requireState(_ index: Int, count: Int, _ types: [ElementType]) throws(ModelError) {
    let tensor = try input(index)
    try require(
      tensor.isVariable && tensor.constant == nil && tensor.shape.elementCount == count
        && types.contains(tensor.elementType),
      "a variable of \(count) elements of \(types.map(\.rawValue)) as input \(index)")
  }

  func product(_ left: Int, _ right: Int) throws(ModelError) -> Int {
    let (product, overflow) = left.multipliedReportingOverflow(by: right)
    try require(!overflow && product <= Shape.maximumElementCount, "fewer elements")
    return product
  }

  // MARK: RNN and SVDF

  /// - Parameter first: input weights; recurrent weights, bias and state follow.
  private func rnnDirection(
    first: Int, depth: Int, auxiliary: Int?, auxiliaryDepth: Int, batches: Int
  ) throws(ModelError) -> Int {
    let weights = try input(first).shape
    try require(weights.rank == 2, "weights of two axes")
    let type = try input(first).elementType
    try requireMatrix(first, rows: weights[0], columns: depth)
    try requireMatrix(first + 1, rows: weights[0], columns: weights[0])
    if let auxiliary {
      try requireMatrix(auxiliary, rows: weights[0], columns: auxiliaryDepth)
      try require(try input(auxiliary).elementType == type, "weights of one type")
    }
    try require(try input(first + 1).elementType == type, "weights of one type")
    try requireVector(first + 2, count: weights[0], isOptional: false)
    try requireBias(first + 2, isFloat: true)
    try requireState(first + 3, count: try product(batches, weights[0]), [.float32])
    return weights[0]
  }

  fileprivate func rnnType(rank: Int) throws(ModelError) -> [TensorType]? {
    let source = try input(0)
    try require(
      source.shape.rank == rank && source.elementType == .float32,
      "a float32 input of \(rank) axes")
    var batches = source.shape[0]
    if case .unidirectionalSequenceRNN(let attributes) = op.operation, attributes.isTimeMajor {
      batches = source.shape[1]
    }
    let units = try rnnDirection(
      first: 1, depth: source.shape[rank - 1], auxiliary: nil, auxiliaryDepth: 0,
      batches: batches)
    let extents = Array(source.shape.dimensions.dropLast()) + [units]
    return [.init(.float32, try shape(extents))]
  }

  fileprivate func bidirectionalRNNTypes() throws(ModelError) -> [TensorType]? {
    guard case .bidirectionalSequenceRNN(let attributes) = op.operation else { return nil }
    let (batches, depth) = try sequence(isTimeMajor: attributes.isTimeMajor)
    try require(try input(0).elementType == .float32, "a float32 input")
    let second = try secondInput(9, weights: [10, 11], all: 10...11)
    let hasWeights = second != nil && optionalInput(10) != nil
    let forward = try rnnDirection(
      first: 1, depth: depth, auxiliary: hasWeights ? 10 : nil, auxiliaryDepth: second ?? 0,
      batches: batches)
    let backward = try rnnDirection(
      first: 5, depth: hasWeights ? depth : second ?? depth, auxiliary: hasWeights ? 11 : nil,
      auxiliaryDepth: second ?? 0, batches: batches)
    return try directions(forward, backward, merges: attributes.mergesOutputs)
  }

  fileprivate func svdfType() throws(ModelError) -> [TensorType]? {
    guard case .svdf(let attributes) = op.operation else { return nil }
    let (source, features, time) = (try input(0), try input(1), try input(2))
    try require(
      source.shape.rank == 2 && features.shape.rank == 2 && time.shape.rank == 2,
      "input and weights of two axes")
    let filters = features.shape[0]
    try require(
      features.shape[1] == source.shape[1] && time.shape[0] == filters
        && filters % attributes.rank == 0,
      "filters of the input's depth, in groups of \(attributes.rank)")
    let units = filters / attributes.rank
    try requireVector(3, count: units)
    let isFloat = source.elementType == .float32
    try requireBias(3, isFloat: isFloat)
    try require(
      isFloat
        ? features.isWeight && time.elementType == features.elementType
        : source.elementType == .int8 && features.elementType == .int8
          && (time.elementType == .int8 || time.elementType == .int16),
      "float32 or hybrid operands, or int8 with weights over time of int8 or int16")
    let count = try product(source.shape[0], try product(filters, time.shape[1]))
    try requireState(4, count: count, isFloat ? [.float32] : [time.elementType])
    return [.init(source.elementType, try shape([source.shape[0], units]))]
  }
}

extension Tensor {
  /// Whether it has a type that recurrent weights come in.
  fileprivate var isWeight: Bool { elementType == .float32 || elementType == .int8 }
}
