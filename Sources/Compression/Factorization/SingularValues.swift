/// The singular value decomposition of a matrix, by one-sided Jacobi rotations in Double.
///
/// Sums, products and roots only, in a fixed order: the same bits on every machine. Small singular
/// values are as exact as large ones (Demmel and Veselić 1992, "Jacobi's Method is More Accurate
/// than QR"). Source: Hestenes 1958; Golub and Van Loan, "Matrix Computations", 8.6.3.
struct SingularValues {
  /// Descending; as many as the shorter side.
  let values: [Double]
  /// Row-major, rows x values; columns of singular values of 0 are 0.
  let left: [Double]
  /// Row-major, values x columns.
  let right: [Double]
  let rows, columns: Int

  /// O(sweeps x shorter^2 x longer), with about ten sweeps.
  ///
  /// - Parameter matrix: row-major, finite.
  init(_ matrix: [Double], rows: Int, columns: Int) {
    precondition(matrix.count == rows * columns && rows > 0 && columns > 0)
    // Columns are rotated, so the shorter side has to be theirs.
    let isWide = columns > rows
    let (height, width) = isWide ? (columns, rows) : (rows, columns)
    var vectors = (0..<width).map { column in
      (0..<height).map { row in
        isWide ? matrix[column * columns + row] : matrix[row * columns + column]
      }
    }
    var rotations = (0..<width).map { column in
      (0..<width).map { $0 == column ? 1.0 : 0 }
    }
    Self.orthogonalize(&vectors, &rotations)
    let norms = vectors.map { Self.dot($0, $0).squareRoot() }
    let order = Ranking.least(width, of: norms.map { -$0 })
    values = order.map { norms[$0] }
    let units = order.map { place in
      vectors[place].map { norms[place] > 0 ? $0 / norms[place] : 0 }
    }
    let turns = order.map { rotations[$0] }
    (left, right) =
      isWide
      ? (Self.transposed(turns), units.flatMap { $0 })
      : (Self.transposed(units), turns.flatMap { $0 })
    self.rows = rows
    self.columns = columns
  }

  /// The product of the factors cut to their first `rank` values. O(rows x columns x rank).
  func product(rank: Int) -> [Double] {
    var result = [Double](repeating: 0, count: rows * columns)
    for row in 0..<rows {
      for value in 0..<rank {
        let factor = left[row * values.count + value] * values[value]
        for column in 0..<columns {
          result[row * columns + column] += factor * right[value * columns + column]
        }
      }
    }
    return result
  }

  private static let mostSweeps = 60

  /// Rotates pairs of vectors until all are orthogonal to rounding.
  private static func orthogonalize(_ vectors: inout [[Double]], _ rotations: inout [[Double]]) {
    for _ in 0..<mostSweeps {
      var hasRotated = false
      for first in vectors.indices.dropLast() {
        for second in (first + 1)..<vectors.count {
          guard let (cosine, sine) = rotation(vectors[first], vectors[second]) else { continue }
          hasRotated = true
          rotate(&vectors, first, second, cosine, sine)
          rotate(&rotations, first, second, cosine, sine)
        }
      }
      if !hasRotated { return }
    }
  }

  /// Nil when the vectors are orthogonal to rounding.
  private static func rotation(_ a: [Double], _ b: [Double]) -> (Double, Double)? {
    let (alpha, beta, gamma) = (dot(a, a), dot(b, b), dot(a, b))
    guard gamma.magnitude > 0x1p-50 * (alpha * beta).squareRoot(), gamma != 0 else { return nil }
    let zeta = (beta - alpha) / (2 * gamma)
    let root = (1 + zeta * zeta).squareRoot()
    let tangent = (zeta < 0 ? -1 : 1) / (zeta.magnitude + root)
    let cosine = 1 / (1 + tangent * tangent).squareRoot()
    return (cosine, cosine * tangent)
  }

  private static func rotate(
    _ vectors: inout [[Double]], _ first: Int, _ second: Int, _ cosine: Double, _ sine: Double
  ) {
    // Taken out, so that they are changed in place.
    var (a, b) = ([Double](), [Double]())
    swap(&a, &vectors[first])
    swap(&b, &vectors[second])
    for index in a.indices {
      let (x, y) = (a[index], b[index])
      a[index] = cosine * x - sine * y
      b[index] = sine * x + cosine * y
    }
    swap(&a, &vectors[first])
    swap(&b, &vectors[second])
  }

  private static func dot(_ a: [Double], _ b: [Double]) -> Double {
    var sum = 0.0
    for index in a.indices { sum += a[index] * b[index] }
    return sum
  }

  private static func transposed(_ vectors: [[Double]]) -> [Double] {
    guard let height = vectors.first?.count else { return [] }
    return (0..<height).flatMap { row in vectors.map { $0[row] } }
  }
}
