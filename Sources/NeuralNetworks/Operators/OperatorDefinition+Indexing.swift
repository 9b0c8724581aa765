/// Operators that find elements by computed indices, or compute indices.
extension OperatorDefinition {
  static let indexing = [
    OperatorDefinition(.embeddingLookup, inputs: 2...2) { check in
      let (rows, table) = (try check.input(0), try check.input(1))
      try check.require(
        rows.shape.rank == 1 && rows.elementType == .int32 && table.shape.rank >= 2,
        "int32 rows, and a table of at least two axes")
      let extents = rows.shape.dimensions + table.shape.dimensions.dropFirst()
      return [.init(check.output(0).elementType, try check.shape(extents))]
    },
    OperatorDefinition(
      "GATHER", inputs: 2...2, class: .dataMovement, allowsEmpty: true,
      read: { .gather(axis: try $0.int32(0), batchAxisCount: try $0.int32(1)) },
      rule: { try $0.gatherType() }),
    OperatorDefinition(.gatherND, inputs: 2...2) { check in
      let (source, indices) = (try check.input(0), try check.input(1))
      try check.requireIndices(1)
      guard let depth = indices.shape.dimensions.last, depth <= source.shape.rank else {
        throw check.failure(
          found: "indices \(indices.shape)", expected: "at most \(source.shape.rank) in a tuple")
      }
      let extents = indices.shape.dimensions.dropLast() + source.shape.dimensions.dropFirst(depth)
      return [.init(source.elementType, try check.shape(Array(extents)))]
    },
    OperatorDefinition(
      .nonMaximumSuppression, inputs: 5...5, outputs: 2...2, class: .elementwise, parameters: [2],
      rule: { try $0.suppressionTypes() }),
    OperatorDefinition(
      .softNonMaximumSuppression, inputs: 6...6, outputs: 3...3, class: .elementwise,
      parameters: [2], rule: { try $0.suppressionTypes() }),
    OperatorDefinition(
      "ONE_HOT", inputs: 4...4, class: .dataMovement, parameters: [1], allowsEmpty: true,
      read: { .oneHot(axis: try $0.int32(0)) }, rule: { try $0.oneHotType() }),
    OperatorDefinition(.scatterND, inputs: 3...3, parameters: [2], rule: { try $0.scatterType() }),
    OperatorDefinition(
      .sparseToDense, inputs: 4...4, parameters: [1], rule: { try $0.sparseToDenseType() }),
    OperatorDefinition(.unique, outputs: 2...2, parameters: [0], rule: { try $0.uniqueTypes() }),
    OperatorDefinition(.nonzeroIndices, parameters: [0]) { check in
      let condition = try check.input(0)
      let count = try check.nonzeroCount(of: condition)
      return [.init(.int64, try check.shape([count, condition.shape.rank]))]
    },
  ]
}

extension OperatorCheck {
  func requireIndices(_ index: Int) throws(ModelError) {
    let type = try input(index).elementType
    try require(type == .int32 || type == .int64, "indices of int32 or int64")
  }

  fileprivate func gatherType() throws(ModelError) -> [TensorType] {
    guard case .gather(let stated, let statedBatch) = op.operation else { return [] }
    let (source, indices) = (try input(0), try input(1))
    let type = indices.elementType
    try require(type == .int32 || type == .int64 || type == .int16, "integer indices")
    let axis = try axis(stated, rank: source.shape.rank)
    let batch = statedBatch < 0 ? statedBatch + indices.shape.rank : statedBatch
    let isFit =
      (0...min(indices.shape.rank, axis)).contains(batch)
      && source.shape.dimensions.prefix(batch).elementsEqual(
        indices.shape.dimensions.prefix(batch))
    try require(isFit, "\(statedBatch) equal batch axes before axis \(axis)")
    let extents =
      source.shape.dimensions.prefix(axis) + indices.shape.dimensions.dropFirst(batch)
      + source.shape.dimensions.dropFirst(axis + 1)
    return [.init(source.elementType, try shape(Array(extents)))]
  }

  fileprivate func oneHotType() throws(ModelError) -> [TensorType] {
    guard case .oneHot(let axis) = op.operation else { return [] }
    let indices = try input(0)
    try requireIndices(0)
    let (on, off) = (try input(2), try input(3))
    try require(
      on.shape.elementCount == 1 && off.shape.elementCount == 1
        && on.elementType == off.elementType, "one on value and one off value of one type")
    var extents = indices.shape.dimensions
    let place = axis == -1 ? extents.count : axis
    try require((0...extents.count).contains(place), "an axis up to \(extents.count)")
    extents.insert(try integer(1), at: place)
    return [.init(on.elementType, try shape(extents))]
  }

  fileprivate func scatterType() throws(ModelError) -> [TensorType] {
    let (indices, updates) = (try input(0), try input(1))
    try requireIndices(0)
    let result = try shape(try integers(2))
    guard let depth = indices.shape.dimensions.last, depth <= result.rank else {
      throw failure(found: "indices \(indices.shape)", expected: "tuples into \(result)")
    }
    let extents = indices.shape.dimensions.dropLast() + result.dimensions.dropFirst(depth)
    try require(updates.shape.dimensions == Array(extents), "updates of \(Array(extents))")
    return [.init(updates.elementType, result)]
  }

  fileprivate func sparseToDenseType() throws(ModelError) -> [TensorType] {
    let (indices, values, other) = (try input(0), try input(2), try input(3))
    try requireIndices(0)
    let result = try shape(try integers(1))
    let count = indices.shape.rank == 0 ? 1 : indices.shape[0]
    let depth = indices.shape.rank == 2 ? indices.shape[1] : 1
    try require(
      indices.shape.rank <= 2 && depth == result.rank, "indices of \(result.rank) for each value")
    try require(
      values.shape.rank == 0 || values.shape.dimensions == [count],
      "one value, or \(count) of them")
    try require(
      other.shape.elementCount == 1 && other.elementType == values.elementType,
      "one default value of the values' type")
    return [.init(values.elementType, result)]
  }

  fileprivate func uniqueTypes() throws(ModelError) -> [TensorType] {
    let source = try input(0)
    try require(source.shape.rank == 1, "one axis")
    try require(
      output(1).elementType == .int32 || output(1).elementType == .int64,
      "indices of int32 or int64")
    let count = source.distinctElementCount
    return [
      .init(source.elementType, try shape([count])), .init(output(1).elementType, source.shape),
    ]
  }

  fileprivate func suppressionTypes() throws(ModelError) -> [TensorType] {
    let (boxes, scores) = (try input(0), try input(1))
    try require(
      boxes.elementType == .float32 && scores.elementType == .float32 && boxes.shape.rank == 2
        && boxes.shape[1] == 4 && scores.shape == [boxes.shape[0]],
      "float32 boxes [count, 4] and scores [count]")
    for index in 3..<op.inputs.count {
      let threshold = try input(index)
      try require(
        threshold.elementType == .float32 && threshold.shape.elementCount == 1,
        "thresholds of one float32")
    }
    let selected = try shape([try integer(2)])
    let scoresOut = op.outputs.count == 3 ? [TensorType(.float32, selected)] : []
    return [.init(.int32, selected)] + scoresOut + [.init(.int32, [])]
  }

  fileprivate func nonzeroCount(of tensor: Tensor) throws(ModelError) -> Int {
    let size = tensor.elementType.bitWidth / 8
    try require(size > 0, "elements of whole bytes")
    guard let constant = tensor.constant else { return 0 }
    return constant.withBytes { bytes in
      (0..<bytes.count / size).count { tensor.elementType.isNonzero(bytes, at: $0) }
    }
  }
}
