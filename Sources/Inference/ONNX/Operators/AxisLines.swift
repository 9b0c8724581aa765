import NeuralNetworks

/// A tensor seen along one axis: `outer` blocks of `length` rows of `inner` elements.
struct AxisLines {
  let outer: Int
  let length: Int
  let inner: Int

  init(_ shape: Shape, axis: Int) {
    outer = shape.dimensions[..<axis].reduce(1, *)
    length = shape[axis]
    inner = shape.dimensions[(axis + 1)...].reduce(1, *)
  }

  /// All axes from `axis` on are one.
  init(_ shape: Shape, from axis: Int) {
    outer = shape.dimensions[..<axis].reduce(1, *)
    length = shape.dimensions[axis...].reduce(1, *)
    inner = 1
  }

  /// Calls `body` with the first element of each line along the axis; its neighbours are `inner`
  /// elements apart.
  @inline(__always)
  func forEachLine<Failure: Error>(
    _ body: (_ line: Int, _ start: Int) throws(Failure) -> Void
  ) throws(Failure) {
    for block in 0..<outer {
      for column in 0..<inner {
        try body(block * inner + column, block * length * inner + column)
      }
    }
  }
}
