import CKernels
import NeuralNetworks

/// A factor of a matrix product: its first element, and elements from one row to the next.
struct MatrixFactor<Element> {
  let base: UnsafePointer<Element>
  let rowStep: Int
}

/// Products of row-major matrices. Every element is one sum over the depth, in order, so that it
/// does not depend on how the work is shared out.
protocol MatrixElement: NumericElement {
  /// out[r, c] = sum over k of left[r, k] * right[k, c].
  static func multiply(
    _ left: MatrixFactor<Self>, _ right: MatrixFactor<Self>, rows: Int, depth: Int, columns: Int,
    into out: UnsafeMutablePointer<Self>, rowStep: Int)
}

extension MatrixElement {
  static func multiply(
    _ left: MatrixFactor<Self>, _ right: MatrixFactor<Self>, rows: Int, depth: Int, columns: Int,
    into out: UnsafeMutablePointer<Self>, rowStep: Int
  ) {
    multiplyPlainly(
      left, right, rows: rows, depth: depth, columns: columns, into: out, rowStep: rowStep)
  }

  /// The reference: one row of the output at a time.
  static func multiplyPlainly(
    _ left: MatrixFactor<Self>, _ right: MatrixFactor<Self>, rows: Int, depth: Int, columns: Int,
    into out: UnsafeMutablePointer<Self>, rowStep: Int
  ) {
    for row in 0..<rows {
      let target = out + row &* rowStep
      for column in 0..<columns { target[column] = .zero }
      for k in 0..<depth {
        let factor = left.base[row &* left.rowStep &+ k]
        let source = right.base + k &* right.rowStep
        for column in 0..<columns {
          target[column] = adding(target[column], multiplying(factor, source[column]))
        }
      }
    }
  }
}

extension Double: MatrixElement {}
extension Int32: MatrixElement {}
extension Int64: MatrixElement {}
extension UInt32: MatrixElement {}
extension UInt64: MatrixElement {}

extension Float: MatrixElement {
  /// Fewer rows do not pay for packing the right-hand side.
  private static let packedRowCount = 4

  static func multiply(
    _ left: MatrixFactor<Float>, _ right: MatrixFactor<Float>, rows: Int, depth: Int,
    columns: Int, into out: UnsafeMutablePointer<Float>, rowStep: Int
  ) {
    guard rows >= packedRowCount, depth > 0, columns > 0 else {
      return multiplyPlainly(
        left, right, rows: rows, depth: depth, columns: columns, into: out, rowStep: rowStep)
    }
    var matrices = ck_float_matrices(
      rows: Int64(rows), columns: Int64(columns), depth: Int64(depth), a: left.base,
      a_row_step: Int64(left.rowStep), a_column_step: 1, b: right.base,
      b_row_step: Int64(right.rowStep), b_column_step: 1, c: out, c_row_step: Int64(rowStep),
      bias: nil, low: -.infinity, high: .infinity)
    let scratch = AlignedMemory<Float>(count: Int(ck_float_gemm_scratch(&matrices)))
    ck_float_gemm(ck_variant_best(), &matrices, scratch.base)
  }
}
