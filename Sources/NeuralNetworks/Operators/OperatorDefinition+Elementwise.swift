/// Operators that compute each element of the result from the elements at its place.
extension OperatorDefinition {
  static let elementwise: [OperatorDefinition] =
    UnaryOperation.allCases.map { operation in
      OperatorDefinition(
        operation.rawValue, class: .elementwise, allowsEmpty: true,
        read: { _ in .unary(operation) }, rule: { try $0.typeOfInput() })
    }
    + BinaryOperation.allCases.map { operation in
      OperatorDefinition(
        operation.rawValue, inputs: 2...2, class: .elementwise, allowsEmpty: true,
        read: {
          .binary(operation, activation: operation.hasActivation ? try $0.activation(0) : .none)
        },
        rule: { try $0.broadcastType() })
    }
    + Comparison.allCases.map { comparison in
      OperatorDefinition(
        comparison.rawValue, inputs: 2...2, class: .elementwise, allowsEmpty: true,
        read: { _ in .compare(comparison) },
        rule: { [.init(.bool, try $0.broadcastType()[0].shape)] })
    } + others

  private static let others = [
    OperatorDefinition(.addN, inputs: 1...1024, class: .elementwise) { check in
      for input in try check.inputs() {
        try check.require(input.type == check.input(0).type, "inputs of one type and shape")
      }
      return try check.typeOfInput()
    },
    OperatorDefinition(.bitcast, rule: { try $0.bitcastType() }),
    OperatorDefinition(
      "BUCKETIZE", class: .elementwise, allowsEmpty: true,
      read: { .bucketize(boundaries: try $0.floats(0)) },
      rule: { [.init(.int32, try $0.input(0).shape)] }),
    OperatorDefinition(.cast, class: .elementwise, rule: { try $0.convertedType() }),
    OperatorDefinition(
      "DEQUANTIZE", class: .elementwise, read: { _ in .dequantize },
      rule: { try $0.convertedType() }),
    OperatorDefinition(
      "FAKE_QUANT", class: .elementwise, allowsEmpty: true,
      read: { .fakeQuantize(try $0.fakeQuantization()) }, rule: { try $0.typeOfInput() }),
    OperatorDefinition(
      "LOGISTIC", class: .elementwise, read: { _ in .logistic }, rule: { try $0.convertedType() }),
    OperatorDefinition(
      "QUANTIZE", class: .elementwise, read: { _ in .quantize },
      rule: { try $0.convertedType() }),
    OperatorDefinition(.select, inputs: 3...3, class: .elementwise, rule: { try $0.selectType() }),
    OperatorDefinition(.selectBroadcast, inputs: 3...3, class: .elementwise) { check in
      try check.require(
        try check.input(1).elementType == check.input(2).elementType
          && check.input(0).elementType == .bool, "a bool condition and values of one type")
      let shapes = try check.inputs().map(\.shape)
      return [.init(try check.input(1).elementType, try check.broadcast(shapes))]
    },
    OperatorDefinition(
      "SOFTMAX", class: .elementwise,
      read: { .softmax(beta: try $0.float(0)) }, rule: { try $0.convertedType() }),
    OperatorDefinition(.zerosLike, rule: { try $0.typeOfInput() }),
  ]
}

extension OperatorCheck {
  func typeOfInput(_ index: Int = 0) throws(ModelError) -> [TensorType] { [try input(index).type] }

  /// The input's shape, in the element type that the output states.
  func convertedType() throws(ModelError) -> [TensorType] {
    [.init(output(0).elementType, try input(0).shape)]
  }

  /// Two operands of one element type.
  func broadcastType() throws(ModelError) -> [TensorType] {
    let (left, right) = (try input(0), try input(1))
    try require(left.elementType == right.elementType, "operands of one element type")
    return [.init(left.elementType, try broadcast([left.shape, right.shape]))]
  }

  func broadcast(_ shapes: [Shape]) throws(ModelError) -> Shape {
    var result: Shape = []
    for next in shapes {
      guard let extents = result.broadcast(with: next) else {
        throw failure(
          found: "\(shapes)",
          expected: "shapes that broadcast: extents from the last on are equal, or 1")
      }
      result = try shape(extents)
    }
    return result
  }

  fileprivate func selectType() throws(ModelError) -> [TensorType] {
    let (condition, value) = (try input(0), try input(1))
    try require(
      try value.type == input(2).type && condition.elementType == .bool,
      "a bool condition and values of one type and shape")
    let isRow = condition.shape.rank == 1 && condition.shape[0] == value.shape.dimensions.first
    try require(
      condition.shape == value.shape || condition.shape.rank == 0 || isRow,
      "a condition of the values' shape, of their first extent, or a scalar")
    return [value.type]
  }

  /// Bits stay: narrower elements take a further axis, wider ones use up the last.
  fileprivate func bitcastType() throws(ModelError) -> [TensorType] {
    let source = try input(0)
    let target = output(0).elementType
    let (from, to) = (source.elementType.bitWidth, target.bitWidth)
    var extents = source.shape.dimensions
    try require(from >= 8 && to >= 8, "elements of whole bytes")
    if from > to { extents.append(from / to) }
    if from < to {
      try require(extents.last == to / from, "a last extent of \(to / from)")
      extents.removeLast()
    }
    return [.init(target, try shape(extents))]
  }
}

extension Shape {
  /// Extents of two shapes broadcast against each other; nil when they do not fit.
  public func broadcast(with other: Shape) -> [Int]? {
    let rank = max(self.rank, other.rank)
    var extents: [Int] = []
    for axis in 0..<rank {
      let left = axis - (rank - self.rank)
      let right = axis - (rank - other.rank)
      let (a, b) = (left < 0 ? 1 : self[left], right < 0 ? 1 : other[right])
      guard a == b || a == 1 || b == 1 else { return nil }
      extents.append(a == 1 ? b : a)
    }
    return extents
  }
}
