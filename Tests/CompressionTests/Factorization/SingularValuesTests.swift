import NeuralNetworks
import Testing

@testable import Compression

@Suite("Singular values")
struct SingularValuesTests {
  private struct Row {
    var rows, columns, rank: Int
    var seed: UInt64
    var values: [Double]
  }

  private static let folder =
    #filePath.split(separator: "/", omittingEmptySubsequences: false)
    .dropLast(2).joined(separator: "/") + "/Oracles/"

  private static func oracle() throws -> [Row] {
    let file = try ModelBytes(mapping: folder + "singular_values.csv")
    let text = file.withBytes { String(decoding: $0, as: UTF8.self) }
    return try text.split(separator: "\n").dropFirst().map { line in
      let fields = line.split(separator: ",").map(String.init)
      let numbers = try fields[..<4].map { try #require(Int($0)) }
      return Row(
        rows: numbers[0], columns: numbers[1], rank: numbers[2], seed: UInt64(numbers[3]),
        values: try fields[4].split(separator: " ").map { try #require(Double($0)) })
    }
  }

  /// As `make_oracles.py` draws it.
  private func matrix(_ row: Row) -> [Double] {
    var state = row.seed
    func draw(_ count: Int) -> [Double] {
      (0..<count).map { _ in
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Double(state >> 56) - 128
      }
    }
    guard row.rank < min(row.rows, row.columns) else { return draw(row.rows * row.columns) }
    let (left, right) = (draw(row.rows * row.rank), draw(row.rank * row.columns))
    return (0..<row.rows * row.columns).map { place in
      let (i, j) = (place / row.columns, place % row.columns)
      return (0..<row.rank).reduce(0) {
        $0 + left[i * row.rank + $1] * right[$1 * row.columns + j]
      }
    }
  }

  @Test("Are those of numpy, also of matrices without full rank")
  func oracle() throws {
    let rows = try Self.oracle()
    #expect(rows.count == 15)
    for row in rows {
      let found = SingularValues(matrix(row), rows: row.rows, columns: row.columns)
      #expect(found.values.count == row.values.count)
      for (a, b) in zip(found.values, row.values) {
        #expect(abs(a - b) <= 1e-13 * row.values[0] * Double(row.values.count), "\(row)")
      }
    }
  }

  @Test("Factors are orthogonal and give the matrix back")
  func factors() throws {
    for row in try Self.oracle() {
      let matrix = matrix(row)
      let found = SingularValues(matrix, rows: row.rows, columns: row.columns)
      let (count, scale) = (found.values.count, found.values[0])
      for (a, b) in zip(found.product(rank: count), matrix) {
        #expect(abs(a - b) <= 1e-13 * scale * Double(count))
      }
      for i in 0..<row.rank {
        for j in 0..<row.rank {
          let left = (0..<row.rows).reduce(0.0) {
            $0 + found.left[$1 * count + i] * found.left[$1 * count + j]
          }
          let right = (0..<row.columns).reduce(0.0) {
            $0 + found.right[i * row.columns + $1] * found.right[j * row.columns + $1]
          }
          #expect(abs(left - (i == j ? 1 : 0)) < 1e-10 && abs(right - (i == j ? 1 : 0)) < 1e-10)
        }
      }
    }
  }

  @Test("A cut product is the nearest of its rank: its error is that of the values left out")
  func truncation() throws {
    let row = Row(rows: 20, columns: 30, rank: 20, seed: 77, values: [])
    let matrix = matrix(row)
    let found = SingularValues(matrix, rows: 20, columns: 30)
    for rank in [1, 5, 12, 19] {
      let error = zip(found.product(rank: rank), matrix).reduce(0.0) {
        $0 + ($1.0 - $1.1) * ($1.0 - $1.1)
      }
      let left = found.values.dropFirst(rank).reduce(0.0) { $0 + $1 * $1 }
      #expect(abs(error - left) < 1e-9 * left)
    }
  }

  @Test("A matrix of zeros has zeros")
  func zeros() {
    let found = SingularValues(Array(repeating: 0, count: 12), rows: 3, columns: 4)
    #expect(found.values == [0, 0, 0] && found.product(rank: 3).allSatisfy { $0 == 0 })
  }
}
