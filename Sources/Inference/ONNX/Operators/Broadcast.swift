import NeuralNetworks

/// How operands of different shapes are read together, by NumPy's rules: shapes are aligned at
/// their last axes, and an extent of 1 is repeated.
struct Broadcast {
  /// The common shape.
  let shape: Shape
  /// Elements of a row: along it each operand is read with stride 0 or 1.
  let rowLength: Int
  let rowStrides: [Int]
  /// The axes above the row, outermost first, neighbours merged where all operands allow it.
  private let extents: [Int]
  private let strides: [[Int]]

  /// - Throws: when two extents differ and neither is 1. O(operands x axes).
  init(_ operands: [Shape]) throws(ModelError) {
    let common = try Self.commonShape(operands)
    var extents: [Int] = []
    var strides: [[Int]] = operands.map { _ in [] }
    let own = operands.map { Self.strides(of: $0, in: common) }
    for axis in 0..<common.rank where common[axis] != 1 {
      let merges =
        !extents.isEmpty
        && operands.indices.allSatisfy {
          strides[$0][extents.count - 1] == own[$0][axis] &* common[axis]
        }
      if merges {
        extents[extents.count - 1] *= common[axis]
        for index in operands.indices { strides[index][extents.count - 1] = own[index][axis] }
      } else {
        extents.append(common[axis])
        for index in operands.indices { strides[index].append(own[index][axis]) }
      }
    }
    shape = common
    rowLength = extents.popLast() ?? 1
    rowStrides = strides.map { $0.last ?? 0 }
    self.extents = extents
    let outer = extents.count
    self.strides = strides.map { Array($0.prefix(outer)) }
  }

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

  /// Elements between neighbours along each axis of the common shape; 0 where repeated.
  private static func strides(of operand: Shape, in common: Shape) -> [Int] {
    let missing = common.rank - operand.rank
    let own = operand.strides
    return (0..<common.rank).map { axis in
      axis < missing || operand[axis - missing] == 1 ? 0 : own[axis - missing]
    }
  }

  /// Calls `body` with the start of each row: in the output, and in each operand.
  @inline(__always)
  func forEachRow(_ body: (_ start: Int, _ operands: [Int]) -> Void) {
    guard shape.elementCount > 0 else { return }
    var position = [Int](repeating: 0, count: extents.count)
    var operands = [Int](repeating: 0, count: strides.count)
    for start in stride(from: 0, to: shape.elementCount, by: rowLength) {
      body(start, operands)
      var axis = extents.count - 1
      while axis >= 0 {
        position[axis] += 1
        let wraps = position[axis] == extents[axis]
        for index in strides.indices {
          operands[index] += strides[index][axis] * (wraps ? 1 - extents[axis] : 1)
        }
        guard wraps else { break }
        position[axis] = 0
        axis -= 1
      }
    }
  }
}

extension Shape {
  /// Elements between neighbours along each axis of a row-major tensor.
  var strides: [Int] {
    var result = [Int](repeating: 1, count: rank)
    for axis in stride(from: rank - 2, through: 0, by: -1) {
      result[axis] = result[axis + 1] * max(dimensions[axis + 1], 1)
    }
    return result
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
