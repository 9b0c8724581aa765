/// Operators that give elements another shape, tell a shape, or fill one.
extension OperatorDefinition {
  static let shapes = [
    OperatorDefinition(.broadcastArguments, inputs: 2...2) { check in
      let (left, right) = (try check.input(0), try check.input(1))
      try check.requireIndices(0)
      try check.require(
        left.elementType == right.elementType && left.shape.rank == 1 && right.shape.rank == 1,
        "two shapes of one integer type")
      return [.init(left.elementType, [max(left.shape[0], right.shape[0])])]
    },
    OperatorDefinition(.broadcastTo, inputs: 2...2, parameters: [1]) { check in
      let source = try check.input(0)
      let result = try check.shape(try check.integers(1))
      try check.require(
        source.shape.rank <= result.rank
          && source.shape.broadcast(with: result) == result.dimensions,
        "a shape that broadcasts to \(result)")
      return [.init(source.elementType, result)]
    },
    OperatorDefinition(
      .expandDimensions, inputs: 2...2, class: .bookkeeping, parameters: [1]
    ) { check in
      let source = try check.input(0)
      var extents = source.shape.dimensions
      extents.insert(1, at: try check.axis(try check.integer(1), rank: extents.count + 1))
      return [.init(source.elementType, try check.shape(extents))]
    },
    OperatorDefinition(.fill, inputs: 2...2, parameters: [0]) { check in
      let value = try check.input(1)
      try check.require(value.shape.elementCount == 1, "one value")
      return [.init(value.elementType, try check.shape(try check.integers(0)))]
    },
    OperatorDefinition(.range, inputs: 3...3, parameters: [0, 1, 2], rule: { try $0.rangeType() }),
    OperatorDefinition(.rank, class: .bookkeeping, rule: { _ in [.init(.int32, [])] }),
    OperatorDefinition(
      "RESHAPE", inputs: 1...2, class: .bookkeeping, parameters: [1], allowsEmpty: true,
      read: { .reshape(shape: try $0.reshapeShape()) }, rule: { try $0.reshapedType() }),
    OperatorDefinition(.shape, class: .bookkeeping) { check in
      let type = check.output(0).elementType
      try check.require(type == .int32 || type == .int64, "an output of int32 or int64")
      return [.init(type, [try check.input(0).shape.rank])]
    },
    OperatorDefinition(
      "SQUEEZE", class: .bookkeeping, allowsEmpty: true,
      read: { .squeeze(axes: try $0.integers(0)) }, rule: { try $0.squeezedType() }),
  ]
}

extension OperatorCheck {
  fileprivate func reshapedType() throws(ModelError) -> [TensorType] {
    guard case .reshape(let attribute) = op.operation else { return [] }
    let source = try input(0)
    let count = source.shape.elementCount
    let operand = optionalInput(1) == nil ? nil : try integers(1)
    guard var extents = operand ?? attribute else {
      try require(output(0).shape.elementCount == count, "equal element counts")
      return [.init(source.elementType, output(0).shape)]
    }
    if let free = extents.firstIndex(of: -1) {
      extents[free] = 1
      let rest = try shape(extents).elementCount
      try require(rest > 0 ? count % rest == 0 : count == 0, "a multiple of \(rest) elements")
      extents[free] = rest > 0 ? count / rest : 0
    }
    let result = try shape(extents)
    try require(result.elementCount == count, "equal element counts")
    return [.init(source.elementType, result)]
  }

  fileprivate func squeezedType() throws(ModelError) -> [TensorType] {
    guard case .squeeze(let stated) = op.operation else { return [] }
    let source = try input(0)
    var axes: Set<Int> = []
    for stated in stated { axes.insert(try axis(stated, rank: source.shape.rank)) }
    try require(axes.allSatisfy { source.shape[$0] == 1 }, "an extent of 1 on axes \(stated)")
    let extents = source.shape.dimensions.enumerated().filter { axis, extent in
      stated.isEmpty ? extent != 1 : !axes.contains(axis)
    }
    return [.init(source.elementType, try shape(extents.map(\.element)))]
  }

  /// As many elements as steps lie between start and limit.
  fileprivate func rangeType() throws(ModelError) -> [TensorType] {
    let type = try input(0).elementType
    for operand in try inputs() {
      try require(
        operand.elementType == type && operand.shape.elementCount == 1, "one element of one type")
    }
    let count: Double
    if type == .float32 {
      var values: [Float] = []
      for operand in try inputs() { values += operand.constant?.elements(as: Float.self) ?? [] }
      count = ((Double(values[1]) - Double(values[0])) / Double(values[2])).magnitude.rounded(.up)
      try require(
        values[2] != 0 && count.isFinite && (values[1] - values[0]) * values[2] >= 0,
        "a step that leads from start to limit")
    } else {
      let (start, limit, delta) = (try integer(0), try integer(1), try integer(2))
      let distance = Double(limit) - Double(start)
      try require(
        delta != 0 && (distance == 0 || (distance > 0) == (delta > 0)),
        "a step that leads from start to limit")
      count = (distance / Double(delta)).rounded(.up)
    }
    try require(count <= Double(Shape.maximumElementCount), "a shorter range")
    return [.init(type, try shape([Int(count)]))]
  }
}
