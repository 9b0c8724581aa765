/// Operators that work element by element or move data.
extension OperatorCheck {
  func checkSameType() throws(ModelError) {
    try require(try input(0).elementType == output(0).elementType, "one element type")
  }

  func checkSameShape() throws(ModelError) {
    try require(try input(0).shape == output(0).shape, "equal shapes of input and output")
  }

  func checkAdd() throws(ModelError) {
    let (left, right) = (try input(0), try input(1))
    try require(
      left.shape == right.shape && left.shape == output(0).shape,
      "equal shapes (broadcasting is not supported)")
    try require(left.elementType == right.elementType, "one element type")
    try checkSameType()
  }

  func checkReshape() throws(ModelError) {
    try checkSameType()
    try require(
      try input(0).shape.elementCount == output(0).shape.elementCount, "equal element counts")
    guard let shape = optionalInput(1) else { return }
    try require(shape.constant != nil, "a constant shape")
  }

  func checkConcatenation(axis: Int) throws(ModelError) {
    let result = output(0)
    let axis = try normalized(axis, rank: result.shape.rank)
    var sum = 0
    for index in op.inputs.indices {
      let part = try input(index)
      try require(
        part.elementType == result.elementType && part.shape.rank == result.shape.rank,
        "inputs of the output's type and rank")
      for other in 0..<result.shape.rank where other != axis {
        try require(part.shape[other] == result.shape[other], "equal extents on other axes")
      }
      sum += part.shape[axis]
    }
    try require(sum == result.shape[axis], "an output of \(sum) on axis \(axis)")
  }

  /// - Parameters: places of the operands among the inputs.
  func checkSplit(value: Int, axis: Int, sizes: Int?, count: Int) throws(ModelError) {
    let source = try input(value)
    let axes = try integers(axis)
    try require(axes.count == 1, "one axis")
    let axis = try normalized(axes[0], rank: source.shape.rank)
    var sum = 0
    for index in op.outputs.indices {
      let part = output(index)
      try require(
        part.elementType == source.elementType && part.shape.rank == source.shape.rank,
        "outputs of the input's type and rank")
      for other in 0..<source.shape.rank where other != axis {
        try require(part.shape[other] == source.shape[other], "equal extents on other axes")
      }
      sum += part.shape[axis]
    }
    try require(sum == source.shape[axis], "parts that sum to \(source.shape[axis])")
    guard let sizes else {
      let first = output(0).shape[axis]
      try require(op.outputs.indices.allSatisfy { output($0).shape[axis] == first }, "equal parts")
      return
    }
    let stated = try integers(sizes)
    let isStated =
      stated.count == op.outputs.count
      && op.outputs.indices.allSatisfy {
        stated[$0] == -1 || stated[$0] == output($0).shape[axis]
      }
    try require(isStated, "parts of the stated sizes \(stated.prefix(16))")
  }

  func checkStridedSlice(_ slice: StridedSlice) throws(ModelError) {
    let source = try input(0)
    try checkSameType()
    guard
      let ranges = slice.ranges(
        of: source.shape, begin: try integers(1), end: try integers(2), strides: try integers(3))
    else {
      throw ModelError(
        place: place, found: "\(slice)",
        expected: "begin, end and strides for \(source.shape.rank) axes, no new or ellipsis axis")
    }
    let kept = ranges.indices.filter { slice.shrinkAxisMask & 1 << $0 == 0 }
    let extents = kept.map { ranges[$0].count }
    try require(output(0).shape.dimensions == extents, "the output shape \(extents)")
  }

  private func normalized(_ axis: Int, rank: Int) throws(ModelError) -> Int {
    let positive = axis < 0 ? axis + rank : axis
    try require((0..<rank).contains(positive), "an axis below \(rank), not \(axis)")
    return positive
  }
}

/// The elements of one axis that a slice takes: `start`, `start + stride`, ...
public struct SliceRange: Sendable, Equatable {
  public let start: Int
  public let stride: Int
  public let count: Int
}

extension StridedSlice {
  /// The elements taken of each axis, as the reference kernel of TensorFlow Lite resolves them;
  /// nil when the arguments do not fit or use what is not supported.
  public func ranges(
    of shape: Shape, begin: [Int], end: [Int], strides: [Int]
  ) -> [SliceRange]? {
    let rank = shape.rank
    guard rank <= 5, begin.count == rank, end.count == rank, strides.count == rank,
      ellipsisMask == 0, newAxisMask == 0, !strides.contains(0)
    else { return nil }
    var ranges: [SliceRange] = []
    for axis in 0..<rank {
      let extent = shape[axis]
      let (stride, bit) = (strides[axis], 1 << axis)
      func clamped(_ index: Int) -> Int {
        let positive = index < 0 ? index + extent : index
        return stride > 0 ? min(max(positive, 0), extent) : min(max(positive, -1), extent - 1)
      }
      let start =
        beginMask & bit != 0 ? (stride > 0 ? 0 : extent - 1) : clamped(begin[axis])
      if shrinkAxisMask & bit != 0 {
        guard (0..<extent).contains(start) else { return nil }
        ranges.append(SliceRange(start: start, stride: 1, count: 1))
        continue
      }
      let endIndex = endIsOffset ? start + end[axis] : end[axis]
      let stop = endMask & bit != 0 ? (stride > 0 ? extent : -1) : clamped(endIndex)
      let count = max(0, (stop - start + stride - stride.signum()) / stride)
      ranges.append(SliceRange(start: start, stride: stride, count: count))
    }
    return ranges
  }
}
