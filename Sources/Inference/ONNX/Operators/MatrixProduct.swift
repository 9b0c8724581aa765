import NeuralNetworks

/// Products of matrices, by panels of eight columns. Every sum runs over the depth in order, so
/// that a result does not depend on how rows and columns are shared out.
///
/// The right-hand side is packed eight columns at a time (`depth x 8`), which convolution makes
/// from the input's windows and matrix multiplication from a matrix.
protocol MatrixElement: NumericElement {
  /// out[r, c] = sum over k of left[r, k] * panel[k, c], for eight columns of `rows` rows.
  ///
  /// - Parameter out: rows of `stride` elements, of which `columns` are written.
  static func multiply(
    _ left: UnsafePointer<Self>, rows: Int, depth: Int, panel: UnsafePointer<Self>,
    out: UnsafeMutablePointer<Self>, stride: Int, columns: Int)
}

extension MatrixElement {
  static func multiply(
    _ left: UnsafePointer<Self>, rows: Int, depth: Int, panel: UnsafePointer<Self>,
    out: UnsafeMutablePointer<Self>, stride: Int, columns: Int
  ) {
    for row in 0..<rows {
      let target = out + row &* stride
      for column in 0..<columns { target[column] = .zero }
      for k in 0..<depth {
        let (factor, source) = (left[row &* depth &+ k], panel + k &* 8)
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
  static func multiply(
    _ left: UnsafePointer<Float>, rows: Int, depth: Int, panel: UnsafePointer<Float>,
    out: UnsafeMutablePointer<Float>, stride: Int, columns: Int
  ) {
    var row = 0
    while row + 4 <= rows {
      multiplyFour(
        left + row &* depth, depth, panel, out + row &* stride, stride: stride, columns: columns)
      row += 4
    }
    while row < rows {
      var sum = SIMD8<Float>.zero
      let source = left + row &* depth
      for k in 0..<depth { sum += source[k] * load(panel + k &* 8) }
      store(sum, out + row &* stride, columns)
      row += 1
    }
  }

  private static func multiplyFour(
    _ left: UnsafePointer<Float>, _ depth: Int, _ panel: UnsafePointer<Float>,
    _ out: UnsafeMutablePointer<Float>, stride: Int, columns: Int
  ) {
    var sums = (SIMD8<Float>.zero, SIMD8<Float>.zero, SIMD8<Float>.zero, SIMD8<Float>.zero)
    let rows = (left, left + depth, left + 2 &* depth, left + 3 &* depth)
    for k in 0..<depth {
      let right = load(panel + k &* 8)
      sums.0 += rows.0[k] * right
      sums.1 += rows.1[k] * right
      sums.2 += rows.2[k] * right
      sums.3 += rows.3[k] * right
    }
    store(sums.0, out, columns)
    store(sums.1, out + stride, columns)
    store(sums.2, out + 2 &* stride, columns)
    store(sums.3, out + 3 &* stride, columns)
  }

  @inline(__always) private static func load(_ place: UnsafePointer<Float>) -> SIMD8<Float> {
    UnsafeRawPointer(place).loadUnaligned(as: SIMD8<Float>.self)
  }

  @inline(__always)
  private static func store(
    _ sum: SIMD8<Float>, _ place: UnsafeMutablePointer<Float>, _ columns: Int
  ) {
    if columns == 8 {
      UnsafeMutableRawPointer(place).storeBytes(of: sum, as: SIMD8<Float>.self)
    } else {
      for column in 0..<columns { place[column] = sum[column] }
    }
  }
}

/// Scratch memory for one panel.
struct Panel<Element: MatrixElement>: ~Copyable {
  static var width: Int { 8 }
  let base: UnsafeMutablePointer<Element>

  init(depth: Int) {
    base = .allocate(capacity: max(depth, 1) * 8)
    base.initialize(repeating: .zero, count: max(depth, 1) * 8)
  }

  deinit { base.deallocate() }

  /// Packs columns of a row-major matrix with `stride` elements a row.
  func pack(
    _ matrix: UnsafePointer<Element>, depth: Int, stride: Int, columns: Int
  ) {
    for k in 0..<depth {
      let (source, target) = (matrix + k &* stride, base + k &* 8)
      for column in 0..<columns { target[column] = source[column] }
    }
  }
}

/// out = left x right, all row-major. O(rows x depth x columns).
func multiplyMatrices<Element: MatrixElement>(
  _ left: UnsafePointer<Element>, _ right: UnsafePointer<Element>,
  into out: UnsafeMutablePointer<Element>, rows: Int, depth: Int, columns: Int
) {
  let panel = Panel<Element>(depth: depth)
  for start in stride(from: 0, to: columns, by: 8) {
    let width = min(8, columns - start)
    panel.pack(right + start, depth: depth, stride: columns, columns: width)
    Element.multiply(
      left, rows: rows, depth: depth, panel: panel.base, out: out + start, stride: columns,
      columns: width)
  }
}
