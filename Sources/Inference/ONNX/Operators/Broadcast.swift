import NeuralNetworks

/// How operands of different shapes are read together, by NumPy's rules: shapes are aligned at
/// their last axes, and an extent of 1 is repeated.
struct Broadcast {
  /// The common shape.
  let shape: Shape
  private let loop: StridedLoop

  /// - Throws: when two extents differ and neither is 1. O(operands x axes).
  init(_ operands: [Shape]) throws(ModelError) {
    shape = try Self.commonShape(operands)
    loop = StridedLoop(broadcasting: operands, to: shape)
  }

  /// Elements of a row: along it each operand is read with stride 0 or 1.
  var rowLength: Int { loop.rowCount }
  var rowStrides: [Int] { loop.rowStrides }

  static func commonShape(_ operands: [Shape]) throws(ModelError) -> Shape {
    let rank = operands.map(\.rank).max() ?? 0
    var dimensions = [Int](repeating: 1, count: rank)
    for operand in operands {
      for (axis, extent) in operand.dimensions.enumerated() where extent != 1 {
        let place = axis + rank - operand.rank
        guard dimensions[place] == 1 || dimensions[place] == extent else {
          throw ModelError(
            place: "inputs",
            found: "shapes " + operands.map(\.description).joined(separator: " and "),
            expected: "shapes that can be broadcast")
        }
        dimensions[place] = extent
      }
    }
    return try checkedShape(dimensions)
  }

  /// Calls `body` with the start of each row: in the output, and in each operand.
  @inline(__always)
  func forEachRow(_ body: (_ start: Int, _ operands: UnsafePointer<Int>) -> Void) {
    var start = 0
    loop.forEachRow { operands in
      body(start, operands)
      start += loop.rowCount
    }
  }
}

extension TensorValue {
  /// `function` of the elements of two tensors, broadcast. O(output).
  ///
  /// - Precondition: the Swift types are as wide as the tensors' element types.
  @inline(__always)
  static func combine<Left: BitwiseCopyable, Right: BitwiseCopyable, Result: BitwiseCopyable>(
    _ left: (TensorValue, Left.Type), _ right: (TensorValue, Right.Type), into type: ElementType,
    _ function: (Left, Right) -> Result
  ) throws(ModelError) -> TensorValue {
    let broadcast = try Broadcast([left.0.shape, right.0.shape])
    let result = try NewTensor<Result>(type, broadcast.shape)
    let (a, b) = (left.0.elements(as: left.1), right.0.elements(as: right.1))
    let (length, output) = (broadcast.rowLength, result.base)
    let (aStride, bStride) = (broadcast.rowStrides[0], broadcast.rowStrides[1])
    broadcast.forEachRow { start, operands in
      let (aRow, bRow, row) = (a.base + operands[0], b.base + operands[1], output + start)
      switch (aStride, bStride) {
      case (1, 1): for i in 0..<length { row[i] = function(aRow[i], bRow[i]) }
      case (1, _):
        let fixed = bRow[0]
        for i in 0..<length { row[i] = function(aRow[i], fixed) }
      case (_, 1):
        let fixed = aRow[0]
        for i in 0..<length { row[i] = function(fixed, bRow[i]) }
      default:
        let fixed = function(aRow[0], bRow[0])
        for i in 0..<length { row[i] = fixed }
      }
    }
    return result.value
  }
}
