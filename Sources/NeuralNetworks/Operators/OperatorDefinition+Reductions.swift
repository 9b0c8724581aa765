/// Operators that bring many elements down to few, or to running totals.
extension OperatorDefinition {
  static let reductions: [OperatorDefinition] =
    Reduction.allCases.map { reduction in
      OperatorDefinition(
        reduction.rawValue, inputs: 2...2, class: .elementwise, parameters: [1],
        read: { .reduce(reduction, keepsDimensions: try $0.bool(0)) },
        rule: { try $0.reducedType() })
    }
    + [PlainOperation.argumentMaximum, .argumentMinimum].map { operation in
      OperatorDefinition(
        operation.rawValue, inputs: 2...2, class: .elementwise, parameters: [1],
        read: { _ in .plain(operation) }, rule: { try $0.argumentType() })
    }
    + [
      PlainOperation.unsortedSegmentSum, .unsortedSegmentProduct, .unsortedSegmentMaximum,
      .unsortedSegmentMinimum,
    ].map { operation in
      OperatorDefinition(
        operation, inputs: 3...3, class: .elementwise, parameters: [2],
        rule: { try $0.unsortedSegmentType() })
    } + [
      OperatorDefinition(
        "CUMSUM", inputs: 2...2, class: .elementwise, parameters: [1],
        read: { .cumulativeSum(isExclusive: try $0.bool(0), isReversed: try $0.bool(1)) },
        rule: {
          _ = try $0.axis(try $0.integer(1), rank: try $0.input(0).shape.rank)
          return try $0.typeOfInput()
        }),
      OperatorDefinition(
        .segmentSum, inputs: 2...2, class: .elementwise, parameters: [1],
        rule: { try $0.segmentType() }),
      OperatorDefinition(
        "TOPK_V2", inputs: 2...2, outputs: 2...2, class: .elementwise, parameters: [1],
        read: { _ in .plain(.topK) }, rule: { try $0.topKTypes() }),
    ]
}

extension OperatorCheck {
  /// The axes of a reduction, each once, counted from the front, in order.
  public func reducedAxes() throws(ModelError) -> [Int] {
    let rank = try input(0).shape.rank
    var axes: Set<Int> = []
    // A scalar has no axis to name, but files name some.
    for stated in try integers(1) where rank > 0 { axes.insert(try axis(stated, rank: rank)) }
    return axes.sorted()
  }

  fileprivate func reducedType() throws(ModelError) -> [TensorType] {
    guard case .reduce(_, let keepsDimensions) = op.operation else { return [] }
    let source = try input(0)
    let axes = try reducedAxes()
    let extents = source.shape.dimensions.enumerated().compactMap { axis, extent in
      axes.contains(axis) ? (keepsDimensions ? 1 : nil) : extent
    }
    return [.init(source.elementType, try shape(extents))]
  }

  fileprivate func argumentType() throws(ModelError) -> [TensorType] {
    var extents = try input(0).shape.dimensions
    extents.remove(at: try axis(try integer(1), rank: extents.count))
    let type = output(0).elementType
    try require(type == .int32 || type == .int64, "an output of int32 or int64")
    return [.init(type, try shape(extents))]
  }

  fileprivate func topKTypes() throws(ModelError) -> [TensorType] {
    let source = try input(0)
    let count = try integer(1)
    guard let last = source.shape.dimensions.last, (0...last).contains(count) else {
      throw failure(found: "\(count) of \(source.shape)", expected: "at most the last extent")
    }
    let result = try shape(source.shape.dimensions.dropLast() + [count])
    try require(output(1).elementType == .int32, "indices of int32")
    return [.init(source.elementType, result), .init(.int32, result)]
  }

  fileprivate func segmentType() throws(ModelError) -> [TensorType] {
    let source = try input(0)
    let segments = try integers(1, limit: Shape.maximumElementCount)
    try require(
      source.shape.rank > 0 && segments.count == source.shape[0]
        && zip(segments, segments.dropFirst()).allSatisfy(<=) && (segments.first ?? 0) >= 0
        && (segments.last ?? 0) < Shape.maximumElementCount,
      "a segment for each row, in ascending order from 0")
    let count = (segments.last ?? -1) + 1
    return [.init(source.elementType, try shape([count] + source.shape.dimensions.dropFirst()))]
  }

  fileprivate func unsortedSegmentType() throws(ModelError) -> [TensorType] {
    let (source, segments) = (try input(0), try input(1))
    let rank = segments.shape.rank
    try require(
      segments.elementType == .int32
        && source.shape.dimensions.prefix(rank).elementsEqual(segments.shape.dimensions),
      "a segment of int32 for each of the first axes' rows")
    let result = try shape([try integer(2)] + source.shape.dimensions.dropFirst(rank))
    return [.init(source.elementType, result)]
  }
}
