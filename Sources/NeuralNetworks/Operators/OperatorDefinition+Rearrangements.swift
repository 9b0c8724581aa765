/// Operators that put elements in other places, or repeat them.
extension OperatorDefinition {
  static let rearrangements =
    [
      OperatorDefinition(
        .batchToSpace, inputs: 3...3, parameters: [1, 2], rule: { try $0.batchToSpaceType() }),
      OperatorDefinition(
        .spaceToBatch, inputs: 3...3, parameters: [1, 2], rule: { try $0.spaceToBatchType() }),
      OperatorDefinition(
        "DEPTH_TO_SPACE", class: .dataMovement,
        read: { .depthToSpace(blockSize: try $0.int32(0)) }, rule: { try $0.depthToSpaceType() }),
      OperatorDefinition(
        "SPACE_TO_DEPTH", class: .dataMovement,
        read: { .spaceToDepth(blockSize: try $0.int32(0)) }, rule: { try $0.spaceToDepthType() }),
      OperatorDefinition(.matrixDiagonal) { check in
        let source = try check.input(0)
        guard let last = source.shape.dimensions.last else {
          throw check.failure(found: "a scalar", expected: "at least one axis")
        }
        return [.init(source.elementType, try check.shape(source.shape.dimensions + [last]))]
      },
      OperatorDefinition(.matrixSetDiagonal, inputs: 2...2) { check in
        let (source, diagonal) = (try check.input(0), try check.input(1))
        let extents = source.shape.dimensions
        try check.require(extents.count >= 2, "at least two axes")
        let expected = extents.dropLast(2) + [min(extents[extents.count - 2], extents.last ?? 0)]
        try check.require(
          diagonal.shape.dimensions == Array(expected)
            && diagonal.elementType == source.elementType, "a diagonal of \(Array(expected))")
        return [source.type]
      },
      OperatorDefinition(
        "MIRROR_PAD", inputs: 2...2, class: .dataMovement, parameters: [1],
        read: { .mirrorPad(isSymmetric: try $0.int8(0) == 1) }, rule: { try $0.mirrorPadType() }),
      OperatorDefinition(.pad, inputs: 2...2, parameters: [1], rule: { try $0.paddedType() }),
      OperatorDefinition(.padWithValue, inputs: 3...3, parameters: [1]) { check in
        let value = try check.input(2)
        try check.require(
          try value.shape.elementCount == 1 && value.elementType == check.input(0).elementType,
          "one value of the input's type")
        return try check.paddedType()
      },
      OperatorDefinition(.reverse, inputs: 2...2, parameters: [1]) { check in
        _ = try check.reducedAxes()
        return try check.typeOfInput()
      },
      OperatorDefinition(
        "REVERSE_SEQUENCE", inputs: 2...2, class: .dataMovement,
        read: {
          .reverseSequence(sequenceAxis: try $0.int32(0), batchAxis: try $0.int32(1))
        }, rule: { try $0.reverseSequenceType() }),
      OperatorDefinition(.tile, inputs: 2...2, parameters: [1]) { check in
        let source = try check.input(0)
        let counts = try check.integers(1)
        try check.require(
          counts.count == source.shape.rank
            && counts.allSatisfy { (0...Shape.maximumElementCount).contains($0) },
          "a count for each axis")
        let extents = zip(source.shape.dimensions, counts).map { $0 * $1 }
        return [.init(source.elementType, try check.shape(extents))]
      },
      OperatorDefinition(.transpose, inputs: 2...2, parameters: [1]) { check in
        let source = try check.input(0)
        let order = try check.transposition()
        return [.init(source.elementType, try check.shape(order.map { source.shape[$0] }))]
      },
    ]
    + ResizeMethod.allCases.map { method in
      OperatorDefinition(
        method.rawValue, inputs: 2...2, class: .elementwise, parameters: [1],
        read: {
          let first = method == .bilinear ? 2 : 0
          return .resize(
            method, alignsCorners: try $0.bool(first), usesHalfPixelCenters: try $0.bool(first + 1))
        }, rule: { try $0.resizedType() })
    }
}

extension OperatorCheck {
  /// The input's axis that each axis of the output is.
  public func transposition() throws(ModelError) -> [Int] {
    let rank = try input(0).shape.rank
    var order: [Int] = []
    for stated in try integers(1) { order.append(try axis(stated, rank: rank)) }
    try require(Set(order).count == rank && order.count == rank, "each axis once, not \(order)")
    return order
  }

  /// Elements before and after, axis by axis.
  public func paddings(_ index: Int, axisCount: Int) throws(ModelError) -> [(
    before: Int, after: Int
  )] {
    let values = try integers(index)
    try require(
      try input(index).shape.dimensions == [axisCount, 2]
        && values.allSatisfy { (0...Shape.maximumElementCount).contains($0) },
      "paddings [\(axisCount), 2] that are not negative")
    return stride(from: 0, to: values.count, by: 2).map { (values[$0], values[$0 + 1]) }
  }

  fileprivate func paddedType() throws(ModelError) -> [TensorType] {
    let source = try input(0)
    let paddings = try paddings(1, axisCount: source.shape.rank)
    let extents = zip(source.shape.dimensions, paddings).map { $0 + $1.before + $1.after }
    return [.init(source.elementType, try shape(extents))]
  }

  fileprivate func mirrorPadType() throws(ModelError) -> [TensorType] {
    guard case .mirrorPad(let isSymmetric) = op.operation else { return [] }
    let extents = try input(0).shape.dimensions
    for (extent, padding) in zip(extents, try paddings(1, axisCount: extents.count)) {
      let limit = isSymmetric ? extent : extent - 1
      try require(
        max(padding.before, padding.after) <= limit, "paddings that the input can mirror")
    }
    return try paddedType()
  }

  fileprivate func reverseSequenceType() throws(ModelError) -> [TensorType] {
    guard case .reverseSequence(let sequenceAxis, let batchAxis) = op.operation else { return [] }
    let (source, lengths) = (try input(0), try input(1))
    let rank = source.shape.rank
    try require(
      (0..<rank).contains(sequenceAxis) && (0..<rank).contains(batchAxis)
        && sequenceAxis != batchAxis, "different axes of sequence and batch")
    try requireIndices(1)
    try require(lengths.shape.dimensions == [source.shape[batchAxis]], "a length for each batch")
    return [source.type]
  }

  fileprivate func resizedType() throws(ModelError) -> [TensorType] {
    let source = try input(0)
    let size = try integers(1)
    try require(source.shape.rank == 4 && size.count == 2, "an image of four axes, and two extents")
    try require(size.allSatisfy { (1...65_535).contains($0) }, "extents from 1 to 65535")
    return [
      .init(source.elementType, try shape([source.shape[0], size[0], size[1], source.shape[3]]))
    ]
  }
}
