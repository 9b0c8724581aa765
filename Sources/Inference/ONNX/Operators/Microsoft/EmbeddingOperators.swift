import NeuralNetworks

/// Normalizations of transformers, fused with what is before them. Statistics are in double
/// precision.
enum EmbeddingOperators {
  /// Layer normalization of `input + skip + bias`; with `centered` false of its mean square alone.
  ///
  /// Output 3 is the sum.
  static func skip(centered: Bool) -> OperatorBody {
    { (call) throws(ModelError) in
      let (input, skip) = (try call.input(0), try call.input(1))
      let gamma = try call.input(2)
      let beta = centered ? try call.optionalInput(3) : nil
      var sum = try add(input, skip, like: input.shape)
      if let bias = try call.optionalInput(centered ? 4 : 3) {
        sum = try add(sum, bias, like: input.shape)
      }
      let (output, means, inverses) = try normalize(call, sum, gamma, beta, centered: centered)
      return [output, means, inverses, sum].map { .tensor($0) }
    }
  }

  private static func add(
    _ left: TensorValue, _ right: TensorValue, like shape: Shape
  ) throws(ModelError) -> TensorValue {
    let sum = try ArithmeticOperators.apply(ArithmeticOperators.Add(), to: left, right)
    guard sum.shape == shape else {
      throw ModelError(place: "inputs", found: "shape \(right.shape)", expected: "\(shape)")
    }
    return sum
  }

  private static func normalize(
    _ call: OperatorCall, _ input: TensorValue, _ gamma: TensorValue, _ beta: TensorValue?,
    centered: Bool
  ) throws(ModelError) -> (output: TensorValue, means: TensorValue, inverses: TensorValue) {
    guard let length = input.shape.dimensions.last, length > 0 else {
      throw call.problem("input 0", found: "\(input.shape)", expected: "a hidden axis")
    }
    let scales = try gamma.doubles()
    let offsets = try beta?.doubles() ?? Array(repeating: 0, count: length)
    guard scales.count == length, offsets.count == length else {
      throw call.problem(
        "gamma and beta", found: "\(scales.count), \(offsets.count)", expected: "\(length)")
    }
    let epsilon = Double(try call.float("epsilon", default: 1e-12))
    let rows = Shape(Array(input.shape.dimensions.dropLast()) + [1])
    let (result, means, inverses) = (
      try NewTensor<Float>(input.shape), try NewTensor<Float>(rows), try NewTensor<Float>(rows)
    )
    let values = try input.doubles()
    for row in 0..<rows.elementCount {
      let slice = values[row * length..<(row + 1) * length]
      var mean = 0.0
      if centered { mean = slice.reduce(0, +) / Double(length) }
      let variance = slice.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(length)
      let inverse = 1 / (variance + epsilon).squareRoot()
      for (index, value) in slice.enumerated() {
        result[row * length + index] = Float(
          (value - mean) * inverse * scales[index] + offsets[index])
      }
      (means[row], inverses[row]) = (Float(mean), Float(inverse))
    }
    return (try result.value.converted(to: input.elementType), means.value, inverses.value)
  }

  /// Sums of word, position and segment embeddings, normalized; output 1 counts the mask's ones.
  static func embed(_ call: OperatorCall) throws(ModelError) -> [ONNXValue] {
    let words = try call.input(0)
    guard words.rank == 2, words.count > 0 else {
      throw call.problem("input 0", found: "\(words.shape)", expected: "batch and sequence")
    }
    var sum = try rows(call, table: 2, words)
    var positions = try call.optionalInput(8)
    if positions == nil { positions = try defaultPositions(words.shape) }
    sum = try add(sum, rows(call, table: 3, positions ?? words), like: sum.shape)
    if let segments = try call.optionalInput(1) {
      sum = try add(sum, rows(call, table: 4, segments), like: sum.shape)
    }
    let (output, _, _) = try normalize(
      call, sum, call.input(5), call.input(6), centered: true)
    return [.tensor(output), .tensor(try maskCounts(call, words.shape)), .tensor(sum)]
  }

  private static func defaultPositions(_ shape: Shape) throws(ModelError) -> TensorValue {
    try TensorValue(integers: Array(0..<shape[1])).reshaped(Shape([1, shape[1]]))
  }

  /// Rows of an embedding table.
  private static func rows(
    _ call: OperatorCall, table index: Int, _ ids: TensorValue
  ) throws(ModelError) -> TensorValue {
    let table = try call.input(index)
    guard table.rank == 2, table.elementType == .float32 else {
      throw call.problem(
        "input \(index)", found: "\(table.elementType.rawValue) \(table.shape)",
        expected: "a matrix of float32")
    }
    let width = table.shape[1]
    let places = try ids.indices(below: table.shape[0])
    let result = try NewTensor<Float>(checkedShape(ids.shape.dimensions + [width]))
    let source = table.elements(as: Float.self)
    for (row, place) in places.enumerated() {
      result.copy(from: source, at: place * width, count: width, to: row * width)
    }
    return result.value
  }

  private static func maskCounts(
    _ call: OperatorCall, _ shape: Shape
  ) throws(ModelError) -> TensorValue {
    let result = try NewTensor<Int32>(Shape([shape[0]]))
    result.fill(0)
    guard let mask = try call.optionalInput(7) else { return result.value }
    guard mask.shape == shape else {
      throw call.problem("input 7 (mask)", found: "\(mask.shape)", expected: "\(shape)")
    }
    let values = try mask.integers(limit: .max)
    for (index, value) in values.enumerated() where value == 1 { result[index / shape[1]] += 1 }
    return result.value
  }
}
