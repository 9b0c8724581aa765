import NeuralNetworks

/// The product of two stacks of matrices by NumPy's rules: leading axes are broadcast, a vector is
/// a row on the left and a column on the right.
struct MatrixStack {
  let rows: Int
  let depth: Int
  let columns: Int
  /// The product's.
  let shape: Shape
  /// For each matrix of the product the numbers of its operands.
  let pairs: [(left: Int, right: Int)]

  /// - Throws: when the shapes do not fit, or the product is too large. O(matrices).
  init(_ left: Shape, _ right: Shape) throws(ModelError) {
    guard left.rank > 0, right.rank > 0, let inner = left.dimensions.last,
      inner == right[max(right.rank - 2, 0)]
    else {
      throw ModelError(
        place: "inputs", found: "shapes \(left) and \(right)",
        expected: "columns of the first as many as rows of the second")
    }
    depth = inner
    rows = left.rank == 1 ? 1 : left[left.rank - 2]
    columns = right.rank == 1 ? 1 : right[right.rank - 1]
    let (outerLeft, outerRight) = (left.leading, right.leading)
    let outer = try Broadcast.commonShape([outerLeft, outerRight])
    let matrix = (left.rank == 1 ? [] : [rows]) + (right.rank == 1 ? [] : [columns])
    shape = try checkedShape(outer.dimensions + matrix)
    var pairs: [(left: Int, right: Int)] = []
    try Broadcast([outerLeft, outerRight]).forEachPlace { pairs.append(($0[0], $0[1])) }
    self.pairs = pairs
  }

  /// Multiply-accumulates. No overflow: each factor of it is within the limits of a shape.
  var macs: Int { shape.elementCount * depth }
}

extension Shape {
  /// The axes before the last two.
  fileprivate var leading: Shape { Shape(Array(dimensions.dropLast(2))) }
}

extension Broadcast {
  /// Calls `body` with the place of each element in each operand. O(output).
  func forEachPlace(_ body: ([Int]) -> Void) {
    forEachRow { _, operands in
      for index in 0..<rowLength {
        body(operands.indices.map { operands[$0] + index * rowStrides[$0] })
      }
    }
  }
}
