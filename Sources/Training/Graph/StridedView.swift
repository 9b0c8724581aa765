import NeuralNetworks

/// Which elements of a value make another one, row-major: `offset` and an index times a stride for
/// each axis. Slices, transpositions, reversals and repetitions are all of this form.
struct StridedView: Sendable, Equatable {
  private(set) var offset = 0
  private(set) var extents: [Int]
  private(set) var strides: [Int]

  /// All elements of a row-major value.
  init(of extents: [Int]) {
    self.extents = extents
    strides = Shape(extents).strides
  }

  var count: Int { extents.reduce(1, *) }

  /// The axes in another order.
  func transposed(_ order: [Int]) -> StridedView {
    var result = self
    result.extents = order.map { extents[$0] }
    result.strides = order.map { strides[$0] }
    return result
  }

  /// - Precondition: a range inside each axis.
  func sliced(_ ranges: [SliceRange]) -> StridedView {
    var result = self
    for (axis, range) in ranges.enumerated() {
      result.offset += range.start * strides[axis]
      result.extents[axis] = range.count
      result.strides[axis] = range.stride * strides[axis]
    }
    return result
  }

  /// Some neighbors along one axis.
  func sliced(axis: Int, _ range: Range<Int>) -> StridedView {
    sliced(
      extents.indices.map {
        $0 == axis
          ? SliceRange(start: range.lowerBound, stride: 1, count: range.count)
          : SliceRange(start: 0, stride: 1, count: extents[$0])
      })
  }

  /// Repeats leading axes and axes of extent 1; nil where extents do not fit.
  func broadcast(to target: [Int]) -> StridedView? {
    guard target.count >= extents.count else { return nil }
    var result = self
    let missing = target.count - extents.count
    result.extents = target
    result.strides = target.indices.map { axis in
      axis < missing || extents[axis - missing] == 1 ? 0 : strides[axis - missing]
    }
    let fits = extents.indices.allSatisfy {
      extents[$0] == 1 || extents[$0] == target[missing + $0]
    }
    return fits ? result : nil
  }

  /// Where blocks of neighbors begin, in order, and how long each is. O(blocks).
  var blocks: (starts: [Int], length: Int) {
    var length = 1
    var outer = extents.count
    while outer > 0, extents[outer - 1] == 1 || strides[outer - 1] == length {
      length *= extents[outer - 1]
      outer -= 1
    }
    var starts = [offset]
    for axis in 0..<outer {
      starts = starts.flatMap { start in (0..<extents[axis]).map { start + $0 * strides[axis] } }
    }
    return (starts, length)
  }

  /// Whether it is all of a value of so many elements, in its order.
  func isAll(of count: Int) -> Bool { count == self.count && blocks == ([0], count) }

  /// The first index of each axis, of a slice without steps of a value of these extents; nil for
  /// any other view.
  func begins(in source: [Int]) -> [Int]? {
    let full = Shape(source).strides
    guard strides == full else { return nil }
    var rest = offset
    return full.map { step in
      defer { rest %= step }
      return rest / step
    }
  }
}
