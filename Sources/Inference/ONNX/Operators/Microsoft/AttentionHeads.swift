import NeuralNetworks

/// What the heads of one attention share.
struct AttentionHeads {
  let count: Int
  private let scale: Float
  private let filter: Float
  private let isCausal: Bool

  init(_ call: OperatorCall) throws(ModelError) {
    count = try call.required("num_heads", call.optionalInt("num_heads"))
    scale = try call.float("scale", default: 0)
    filter = try call.float("mask_filter_value", default: -10000)
    isCausal = try call.flag("unidirectional")
    guard count > 0 else {
      throw call.problem("attribute \"num_heads\"", found: "\(count)", expected: "1 or more")
    }
  }

  /// `[batch][sequence][hidden]` as `[batch][head][sequence][part of hidden]`.
  func split(_ tensor: TensorValue) throws(ModelError) -> TensorValue {
    guard tensor.rank == 3, tensor.shape[2] > 0, tensor.shape[2] % count == 0 else {
      throw ModelError(
        place: "input", found: "shape \(tensor.shape)", expected: "an axis for \(count) heads")
    }
    let shape = tensor.shape
    let heads = Shape([shape[0], shape[1], count, shape[2] / count])
    return try tensor.reshaped(heads).transposed([0, 2, 1, 3])
  }

  /// - Returns: `[batch][sequence][hidden]`.
  func attend(
    _ call: OperatorCall, _ query: TensorValue, _ key: TensorValue, _ value: TensorValue,
    mask: TensorValue?, added: TensorValue?
  ) throws(ModelError) -> TensorValue {
    guard query.elementType == .float32, key.rank == 4, value.rank == 4,
      key.shape[2] == value.shape[2], key.shape[3] == query.shape[3], query.shape[3] > 0,
      [key, value].allSatisfy({ $0.elementType == .float32 && $0.shape[1] == count }),
      key.shape[0] == query.shape[0], value.shape[0] == query.shape[0]
    else {
      throw call.problem(
        "inputs", found: "\(query.shape), \(key.shape), \(value.shape)",
        expected: "float32 that fit each other")
    }
    let (batch, length, total) = (query.shape[0], query.shape[2], key.shape[2])
    let factor = scale == 0 ? 1 / Float(query.shape[3]).squareRoot() : scale
    var scores = try MatrixOperators.multiply(query, key.transposed([0, 1, 3, 2]), call)
      .scaled(by: factor)
    let scoreShape = scores.shape
    var offsets: [TensorValue] = []
    if let mask { offsets.append(try padding(mask, batch, length, total)) }
    if let added { offsets.append(added) }
    if isCausal, length > 1 { offsets.append(try causal(length, total)) }
    for offset in offsets {
      scores = try ArithmeticOperators.apply(ArithmeticOperators.Add(), to: scores, offset)
      guard scores.shape == scoreShape else {
        throw call.problem("mask", found: "\(offset.shape)", expected: "at most \(scoreShape)")
      }
    }
    let output = try MatrixOperators.multiply(
      SoftmaxOperators.softmax(lastAxisOf: scores), value, call)
    return try output.transposed([0, 2, 1, 3]).reshaped(
      checkedShape([batch, length, count * value.shape[3]]))
  }

  /// Later positions are out of reach.
  private func causal(_ length: Int, _ total: Int) throws(ModelError) -> TensorValue {
    let result = try NewTensor<Float>(checkedShape([length, total]))
    for row in 0..<length {
      for column in 0..<total {
        result[row * total + column] =
          column > total - length + row ? -Float.greatestFiniteMagnitude : 0
      }
    }
    return result.value
  }

  /// A mask of ones (`[batch][total]` or `[batch][sequence][total]`), or for each sample the end
  /// of what counts, or all ends and then all beginnings.
  private func padding(
    _ mask: TensorValue, _ batch: Int, _ length: Int, _ total: Int
  ) throws(ModelError) -> TensorValue {
    let values = try mask.integers(limit: .max)
    let rows = mask.rank == 3 ? length : 1
    let result = try NewTensor<Float>(checkedShape([batch, 1, rows, total]))
    switch mask.shape.dimensions {
    case [batch, total], [batch, length, total]:
      for (index, value) in values.enumerated() { result[index] = value > 0 ? 0 : filter }
    case [batch], [2 * batch], [batch, 1]:
      for sample in 0..<batch {
        let start = values.count > batch ? values[batch + sample] : 0
        for column in 0..<total {
          let isInside = column < values[sample] && column >= start
          result[sample * total + column] = isInside ? 0 : filter
        }
      }
    default:
      throw ModelError(
        place: "mask", found: "shape \(mask.shape)",
        expected: "[\(batch)], [\(2 * batch)], [\(batch), \(total)] or "
          + "[\(batch), \(length), \(total)]")
    }
    return result.value
  }
}
