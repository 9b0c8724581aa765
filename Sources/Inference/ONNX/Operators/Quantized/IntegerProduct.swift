import NeuralNetworks

/// Products of stacks of 8-bit matrices, summed in 32 bits that wrap around.
struct IntegerProduct {
  let plan: ProductPlan
  /// Both minus their zero points; the right one transposed, `[matrix][column][depth]`.
  private let left: [Int16]
  private let right: [Int16]

  /// A zero point is one number, one for each row or column, or one for each of every matrix.
  init(
    _ left: TensorValue, zeroPoints leftZeros: [Int32], _ right: TensorValue,
    zeroPoints rightZeros: [Int32]
  ) throws(ModelError) {
    let plan = try ProductPlan(left.shape, right.shape)
    self.plan = plan
    let (depth, columns) = (plan.depth, plan.columns)
    try Self.check(leftZeros, extent: plan.rows, count: left.count / max(depth, 1))
    try Self.check(rightZeros, extent: columns, count: right.count / max(depth, 1))
    var rows = left.centered(leftZeros.count == 1 ? leftZeros[0] : 0)
    if leftZeros.count > 1 {
      for place in rows.indices {
        rows[place] &-= Int16(truncatingIfNeeded: leftZeros[place / depth % leftZeros.count])
      }
    }
    self.left = rows
    let source = right.centered(rightZeros.count == 1 ? rightZeros[0] : 0)
    var transposed = [Int16](repeating: 0, count: source.count)
    for matrix in 0..<(source.count / max(depth * columns, 1)) {
      let base = matrix * depth * columns
      for column in 0..<columns {
        let zero =
          rightZeros.count == 1 ? 0 : rightZeros[(matrix * columns + column) % rightZeros.count]
        let offset = Int16(truncatingIfNeeded: zero)
        for k in 0..<depth {
          transposed[base + column * depth + k] = source[base + k * columns + column] &- offset
        }
      }
    }
    self.right = transposed
  }

  private static func check(_ zeros: [Int32], extent: Int, count: Int) throws(ModelError) {
    guard zeros.count != 1, zeros.count != extent, zeros.count != count || count == 0 else {
      return
    }
    throw ModelError(
      place: "zero point", found: "\(zeros.count) elements", expected: "1, \(extent) or \(count)")
  }

  /// Multiply-accumulates. No overflow: each factor of it is within the limits of a shape.
  var macs: Int { plan.output.elementCount * plan.depth }

  /// Calls `body` with the number of each matrix and its sums, row by row. O(macs).
  func forEachMatrix(_ body: (_ index: Int, _ sums: UnsafePointer<Int32>) -> Void) {
    let (rows, depth, columns) = (plan.rows, plan.depth, plan.columns)
    var sums = [Int32](repeating: 0, count: rows * columns)
    left.withUnsafeBufferPointer { left in
      right.withUnsafeBufferPointer { right in
        for (index, starts) in plan.matrices.enumerated() {
          sums.withUnsafeMutableBufferPointer { sums in
            guard let a = left.baseAddress, let b = right.baseAddress, let c = sums.baseAddress
            else { return }
            Self.multiply(
              a + starts.left, rows: rows, b + starts.right,
              columns: columns, depth: depth, into: c)
            body(index, c)
          }
        }
      }
    }
  }

  /// `output[row][column] = sum over k of left[row][k] * right[column][k]`.
  ///
  /// Products of 16 bits fit in 32; sums wrap around, as ONNX Runtime's do.
  static func multiply(
    _ left: UnsafePointer<Int16>, rows: Int, _ right: UnsafePointer<Int16>, columns: Int,
    depth: Int, into output: UnsafeMutablePointer<Int32>
  ) {
    for row in 0..<rows {
      let a = left + row * depth
      let sums = output + row * columns
      var column = 0
      while column + 4 <= columns {
        let b0 = right + column * depth
        let (b1, b2, b3) = (b0 + depth, b0 + 2 * depth, b0 + 3 * depth)
        var (s0, s1, s2, s3): (Int32, Int32, Int32, Int32) = (0, 0, 0, 0)
        for k in 0..<depth {
          let value = Int32(a[k])
          s0 &+= value &* Int32(b0[k])
          s1 &+= value &* Int32(b1[k])
          s2 &+= value &* Int32(b2[k])
          s3 &+= value &* Int32(b3[k])
        }
        (sums[column], sums[column + 1], sums[column + 2], sums[column + 3]) = (s0, s1, s2, s3)
        column += 4
      }
      while column < columns {
        let b = right + column * depth
        var sum: Int32 = 0
        for k in 0..<depth { sum &+= Int32(a[k]) &* Int32(b[k]) }
        sums[column] = sum
        column += 1
      }
    }
  }
}
