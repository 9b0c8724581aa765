import NeuralNetworks

/// `Det`, by elimination with the largest pivot.
enum DeterminantOperator {
  static func determinant(_ call: OperatorCall) throws(ModelError) -> TensorValue {
    let input = try call.input(0)
    guard input.rank >= 2, input.shape[input.rank - 1] == input.shape[input.rank - 2] else {
      throw call.problem("input", found: "\(input.shape)", expected: "square matrices")
    }
    let size = input.shape[input.rank - 1]
    let dimensions = Array(input.shape.dimensions.dropLast(2))
    let count = dimensions.reduce(1, *)
    try call.count(steps: [count, size, size, size])
    let values = try input.doubles()
    let results = (0..<count).map { index in
      determinant(Array(values[index * size * size..<(index + 1) * size * size]), size)
    }
    return try TensorValue(reals: results, like: input.elementType).reshaped(Shape(dimensions))
  }

  private static func determinant(_ values: [Double], _ size: Int) -> Double {
    var matrix = values
    var product = 1.0
    for column in 0..<size {
      var pivot = column
      for row in column..<size
      where matrix[row * size + column].magnitude > matrix[pivot * size + column].magnitude {
        pivot = row
      }
      let value = matrix[pivot * size + column]
      if value == 0 { return 0 }
      if pivot != column {
        for k in 0..<size { matrix.swapAt(pivot * size + k, column * size + k) }
        product = -product
      }
      product *= value
      for row in (column + 1)..<max(size, column + 1) {
        let factor = matrix[row * size + column] / value
        for k in column..<size {
          matrix[row * size + k] -= factor * matrix[column * size + k]
        }
      }
    }
    return product
  }
}
