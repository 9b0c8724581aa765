/// The elements of one axis that a slice takes: `start`, `start + stride`, ...
public struct SliceRange: Sendable, Hashable {
  public let start: Int
  public let stride: Int
  public let count: Int

  public init(start: Int, stride: Int, count: Int) {
    self.start = start
    self.stride = stride
    self.count = count
  }
}

extension StridedSlice {
  /// What a slice takes of every axis of the input, and the extents of the result.
  public struct Resolved: Sendable, Hashable {
    public var ranges: [SliceRange] = []
    public var extents: [Int] = []
  }

  /// Resolves masks, negative indices and the ellipsis as TensorFlow does; nil when the arguments
  /// do not fit the shape.
  public func resolved(
    of shape: Shape, begin: [Int], end: [Int], strides: [Int]
  ) -> Resolved? {
    guard begin.count == end.count, begin.count == strides.count, begin.count <= 32,
      !strides.contains(0)
    else { return nil }
    var result = Resolved()
    var hasEllipsis = false
    for index in begin.indices {
      let bit = 1 << index
      if ellipsisMask & bit != 0, !hasEllipsis {
        hasEllipsis = true
        let later = (index + 1..<begin.count).count { newAxisMask & 1 << $0 == 0 }
        takeWhole(shape, upTo: shape.rank - later, &result)
      } else if newAxisMask & bit != 0 {
        result.extents.append(1)
      } else {
        let axis = result.ranges.count
        guard axis < shape.rank,
          let range = range(
            extent: shape[axis], begin: begin[index], end: end[index], stride: strides[index], bit)
        else { return nil }
        result.ranges.append(range)
        if shrinkAxisMask & bit == 0 { result.extents.append(range.count) }
      }
    }
    takeWhole(shape, upTo: shape.rank, &result)
    return result
  }

  private func takeWhole(_ shape: Shape, upTo axis: Int, _ result: inout Resolved) {
    while result.ranges.count < axis {
      let extent = shape[result.ranges.count]
      result.ranges.append(SliceRange(start: 0, stride: 1, count: extent))
      result.extents.append(extent)
    }
  }

  private func range(
    extent: Int, begin: Int, end: Int, stride: Int, _ bit: Int
  ) -> SliceRange? {
    func clamped(_ index: Int) -> Int {
      let positive = index < 0 ? index + extent : index
      return stride > 0 ? min(max(positive, 0), extent) : min(max(positive, -1), extent - 1)
    }
    let start = beginMask & bit != 0 ? (stride > 0 ? 0 : extent - 1) : clamped(begin)
    if shrinkAxisMask & bit != 0 {
      guard (0..<extent).contains(start) else { return nil }
      return SliceRange(start: start, stride: 1, count: 1)
    }
    let stop =
      endMask & bit != 0
      ? (stride > 0 ? extent : -1) : clamped(endIsOffset ? start &+ end : end)
    // Takes one element at most, as all longer strides do.
    let longest = Shape.maximumElementCount
    let stride = min(max(stride, -longest), longest)
    let steps = (stop - start + stride - stride.signum()) / stride
    return SliceRange(start: start, stride: stride, count: max(0, steps))
  }
}

extension OperatorCheck {
  /// The slice of `STRIDED_SLICE`, its arguments being constants.
  public func resolvedStridedSlice() throws(ModelError) -> StridedSlice.Resolved {
    guard case .stridedSlice(let slice) = op.operation else { return .init() }
    let shape = try input(0).shape
    let arguments = (try integers(1, limit: 32), try integers(2), try integers(3))
    guard
      let resolved = slice.resolved(
        of: shape, begin: arguments.0, end: arguments.1, strides: arguments.2)
    else {
      throw failure(
        found: "begin \(arguments.0), end \(arguments.1), strides \(arguments.2)",
        expected: "a slice inside \(shape)")
    }
    return resolved
  }
}
