import NeuralNetworks

/// Matrix products of ONNX.
enum MatrixOperators {
  static func matMul(_ call: OperatorCall) throws(ModelError) -> TensorValue {
    try multiply(try call.input(0), try call.input(1), call)
  }

  /// The product in the type of the left side; narrow types are computed in wider ones.
  static func multiply(
    _ left: TensorValue, _ right: TensorValue, _ call: OperatorCall
  ) throws(ModelError) -> TensorValue {
    try ArithmeticOperators.sameType(left, right)
    switch left.elementType {
    case .float32: return try product(left, right, Float.self, call)
    case .float64: return try product(left, right, Double.self, call)
    case .int32: return try product(left, right, Int32.self, call)
    case .int64: return try product(left, right, Int64.self, call)
    case .uint32: return try product(left, right, UInt32.self, call)
    case .uint64: return try product(left, right, UInt64.self, call)
    case .float16:
      return try product(
        left.converted(to: .float32), right.converted(to: .float32), Float.self, call
      ).converted(to: .float16)
    default: throw left.elementType.unsuitable(expected: "float or a 32- or 64-bit integer")
    }
  }

  private static func product<Element: MatrixElement>(
    _ left: TensorValue, _ right: TensorValue, _ type: Element.Type, _ call: OperatorCall
  ) throws(ModelError) -> TensorValue {
    let plan = try ProductPlan(left.shape, right.shape)
    try call.count(macs: plan.output.elementCount * plan.depth)
    let result = try NewTensor<Element>(plan.output)
    let (a, b) = (left.elements(as: type), right.elements(as: type))
    for (index, starts) in plan.matrices.enumerated() {
      Element.multiply(
        MatrixFactor(base: a.base + starts.left, rowStep: plan.depth),
        MatrixFactor(base: b.base + starts.right, rowStep: plan.columns), rows: plan.rows,
        depth: plan.depth, columns: plan.columns,
        into: result.base + index * plan.rows * plan.columns, rowStep: plan.columns)
    }
    return result.value
  }

  /// alpha A' B' + beta C.
  static func gemm(_ call: OperatorCall) throws(ModelError) -> TensorValue {
    var (a, b) = (try call.input(0), try call.input(1))
    guard a.rank == 2, b.rank == 2 else {
      throw call.problem("inputs", found: "\(a.shape), \(b.shape)", expected: "matrices")
    }
    if try call.flag("transA") { a = try a.transposed([1, 0]) }
    if try call.flag("transB") { b = try b.transposed([1, 0]) }
    var result = try multiply(a, b, call)
    let (alpha, beta) = (
      try call.float("alpha", default: 1), try call.float("beta", default: 1)
    )
    result = try result.scaled(by: alpha)
    guard let c = try call.optionalInput(2), beta != 0 else { return result }
    let addend = try c.scaled(by: beta)
    let sum = try ArithmeticOperators.apply(ArithmeticOperators.Add(), to: result, addend)
    guard sum.shape == result.shape else {
      throw call.problem("input 2", found: "\(c.shape)", expected: "broadcast to \(result.shape)")
    }
    return sum
  }
}

/// The matrices of a product with any number of batch axes, which are broadcast.
struct ProductPlan {
  let output: Shape
  let rows: Int
  let depth: Int
  let columns: Int
  private let batches: Broadcast

  /// A vector on the left is a row, one on the right is a column, and the output lacks that axis.
  init(_ left: Shape, _ right: Shape) throws(ModelError) {
    guard left.rank > 0, right.rank > 0 else {
      throw ModelError(place: "inputs", found: "a scalar", expected: "vectors or matrices")
    }
    let a = left.rank == 1 ? [1, left[0]] : left.dimensions
    let b = right.rank == 1 ? [right[0], 1] : right.dimensions
    let (rows, depth, columns) = (a[a.count - 2], a[a.count - 1], b[b.count - 1])
    guard b[b.count - 2] == depth else {
      throw ModelError(
        place: "inputs", found: "shapes \(left) and \(right)", expected: "the same depth")
    }
    let (leftBatch, rightBatch) = (Shape(Array(a.dropLast(2))), Shape(Array(b.dropLast(2))))
    batches = try Broadcast([leftBatch, rightBatch])
    var dimensions = batches.shape.dimensions
    if left.rank > 1 { dimensions.append(rows) }
    if right.rank > 1 { dimensions.append(columns) }
    output = try checkedShape(dimensions)
    self.rows = rows
    self.depth = depth
    self.columns = columns
  }

  /// For each matrix of the output, where its factors begin. O(matrices): the output is there.
  var matrices: [(left: Int, right: Int)] {
    guard output.elementCount > 0 else { return [] }
    var matrices: [(left: Int, right: Int)] = []
    batches.forEachRow { _, starts in
      for i in 0..<batches.rowLength {
        matrices.append(
          (
            (starts[0] + i * batches.rowStrides[0]) * rows * depth,
            (starts[1] + i * batches.rowStrides[1]) * depth * columns
          ))
      }
    }
    return matrices
  }
}
