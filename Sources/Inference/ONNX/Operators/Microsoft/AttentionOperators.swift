import NeuralNetworks

/// Attention of several heads: softmax(scale Q K' + mask) V.
enum AttentionOperators {
  /// Inputs: x, merged weights of Q, K and V, bias, mask, past, and what is added to the scores.
  static func attention(_ call: OperatorCall) throws(ModelError) -> [ONNXValue] {
    let (input, weights) = (try call.input(0), try call.input(1))
    try ArithmeticOperators.sameType(input, weights)
    var merged = try MatrixOperators.multiply(input, weights, call)
    if let bias = try call.optionalInput(2) {
      merged = try ArithmeticOperators.apply(ArithmeticOperators.Add(), to: merged, bias)
    }
    return try attend(call, merged, mask: 3, past: 4, added: 5)
  }

  /// As `Attention`, with 8-bit input and weights.
  static func quantized(_ call: OperatorCall) throws(ModelError) -> [ONNXValue] {
    let (input, weights) = (try call.byteInput(0), try call.byteInput(1))
    guard weights.rank == 2 else {
      throw call.problem("input 1", found: "\(weights.shape)", expected: "a matrix")
    }
    let columns = weights.shape[1]
    let x = try call.quantization(scale: 3, zeroPoint: 6, of: input.elementType)
    let w = try call.quantization(
      scale: 4, zeroPoint: 7, of: weights.elementType, channels: columns)
    let merged = try QuantizedMatrixOperators.dequantizedProduct(
      call, input, x, weights, w, bias: 2)
    return try attend(call, merged, mask: 5, past: 8, added: nil)
  }

  private static func attend(
    _ call: OperatorCall, _ merged: TensorValue, mask: Int, past: Int, added: Int?
  ) throws(ModelError) -> [ONNXValue] {
    guard try !call.flag("do_rotary"), try !call.flag("past_present_share_buffer") else {
      throw call.problem(
        "attributes", found: "do_rotary or past_present_share_buffer", expected: "neither")
    }
    guard merged.rank == 3 else {
      throw call.problem(
        "input 0", found: "rank \(merged.rank)", expected: "batch, sequence and hidden axes")
    }
    let width = merged.shape[2]
    let sizes = try call.ints("qkv_hidden_sizes") ?? [width / 3, width / 3, width - width / 3 * 2]
    guard sizes.count == 3, sizes.allSatisfy({ $0 > 0 && $0 <= width }),
      sizes.reduce(0, +) == width
    else {
      throw call.problem(
        "attribute \"qkv_hidden_sizes\"", found: "\(sizes)", expected: "three, \(width) together")
    }
    let heads = try AttentionHeads(call)
    let query = try heads.split(merged.columns(0..<sizes[0]))
    var key = try heads.split(merged.columns(sizes[0]..<sizes[0] + sizes[1]))
    var value = try heads.split(merged.columns(sizes[0] + sizes[1]..<width))
    if let past = try call.optionalInput(past) {
      guard past.rank == 5, past.shape[0] == 2 else {
        throw call.problem("past", found: "\(past.shape)", expected: "2 tensors of rank 4")
      }
      let parts = try past.halves()
      key = try MovementOperators.concatenate([parts.0, key], axis: 2)
      value = try MovementOperators.concatenate([parts.1, value], axis: 2)
    }
    let output = try heads.attend(
      call, query, key, value, mask: call.optionalInput(mask),
      added: added == nil ? nil : call.optionalInput(added ?? 0))
    guard call.wantsOutput(1) else { return [.tensor(output)] }
    let lead = Shape([1] + key.shape.dimensions)
    return [
      .tensor(output),
      .tensor(
        try MovementOperators.concatenate([key.reshaped(lead), value.reshaped(lead)], axis: 0)),
    ]
  }

  /// Inputs: Q, K, V, bias, mask, what is added to the scores, past K and V. Keys and values may
  /// be in heads already.
  static func multiHead(_ call: OperatorCall) throws(ModelError) -> [ONNXValue] {
    var (query, key, value) = (try call.input(0), try call.input(1), try call.input(2))
    let heads = try AttentionHeads(call)
    guard query.rank == 3, key.rank == value.rank, key.rank == 3 || key.rank == 4 else {
      throw call.problem(
        "inputs", found: "\(query.shape), \(key.shape), \(value.shape)",
        expected: "query, key and value apart from each other")
    }
    if let bias = try call.optionalInput(3) {
      let sizes = [query.shape[2], key.width, value.width]
      guard bias.shape.dimensions == [sizes.reduce(0, +)], key.rank == 3 else {
        throw call.problem("input 3 (bias)", found: "\(bias.shape)", expected: "\(sizes) elements")
      }
      let add = ArithmeticOperators.Add()
      query = try ArithmeticOperators.apply(add, to: query, bias.columns(0..<sizes[0]))
      key = try ArithmeticOperators.apply(
        add, to: key, bias.columns(sizes[0]..<sizes[0] + sizes[1]))
      value = try ArithmeticOperators.apply(
        add, to: value, bias.columns(sizes[0] + sizes[1]..<bias.count))
    }
    query = try heads.split(query)
    if key.rank == 3 { (key, value) = (try heads.split(key), try heads.split(value)) }
    if let pastKey = try call.optionalInput(6), let pastValue = try call.optionalInput(7) {
      guard pastKey.rank == 4, pastValue.rank == 4 else {
        throw call.problem("past", found: "\(pastKey.shape)", expected: "tensors of rank 4")
      }
      key = try MovementOperators.concatenate([pastKey, key], axis: 2)
      value = try MovementOperators.concatenate([pastValue, value], axis: 2)
    }
    let output = try heads.attend(
      call, query, key, value, mask: call.optionalInput(4), added: call.optionalInput(5))
    return [.tensor(output), .tensor(key), .tensor(value)]
  }
}

extension TensorValue {
  fileprivate var width: Int { shape[rank - 1] }

  /// Some elements of the last axis.
  fileprivate func columns(_ range: Range<Int>) throws(ModelError) -> TensorValue {
    var maps = shape.dimensions.map(AxisGather.identity)
    maps[rank - 1] = Array(range)
    return try AxisGather(input: self, maps: maps)()
  }

  /// The two tensors that the first axis counts.
  fileprivate func halves() throws(ModelError) -> (TensorValue, TensorValue) {
    var maps = shape.dimensions.map(AxisGather.identity)
    let rest = Shape(Array(shape.dimensions.dropFirst()))
    maps[0] = [0]
    let first = try AxisGather(input: self, maps: maps)().reshaped(rest)
    maps[0] = [1]
    return (first, try AxisGather(input: self, maps: maps)().reshaped(rest))
  }
}
