import NeuralNetworks

/// Operators on sequences and optionals.
enum SequenceOperators {
  static func construct(_ call: OperatorCall) throws(ModelError) -> [ONNXValue] {
    [.sequence(try call.allInputs().map(ONNXValue.tensor))]
  }

  static func empty(_ call: OperatorCall) throws(ModelError) -> [ONNXValue] { [.sequence([])] }

  static func length(_ call: OperatorCall) throws(ModelError) -> TensorValue {
    try TensorValue(scalar: Int64(sequence(call, 0).count))
  }

  static func at(_ call: OperatorCall) throws(ModelError) -> [ONNXValue] {
    let values = try sequence(call, 0)
    return [values[try position(call, 1, below: values.count)]]
  }

  /// Without a position at the end.
  static func insert(_ call: OperatorCall) throws(ModelError) -> [ONNXValue] {
    var values = try sequence(call, 0)
    guard values.count < 1 << 20 else {
      throw call.problem("sequence", found: "\(values.count) values", expected: "fewer")
    }
    var place = try call.integers(2)?.first ?? values.count
    guard place >= -values.count, place <= values.count else {
      throw call.problem("position", found: "\(place)", expected: "one of \(values.count)")
    }
    if place < 0 { place += values.count }
    // A sequence in itself would double with each insertion.
    values.insert(.tensor(try call.input(1)), at: place)
    return [.sequence(values)]
  }

  static func erase(_ call: OperatorCall) throws(ModelError) -> [ONNXValue] {
    var values = try sequence(call, 0)
    guard !values.isEmpty else {
      throw call.problem("sequence", found: "none", expected: "a value to erase")
    }
    values.remove(
      at: call.hasInput(1) ? try position(call, 1, below: values.count) : values.count - 1)
    return [.sequence(values)]
  }

  static func concatenate(_ call: OperatorCall) throws(ModelError) -> TensorValue {
    let tensors = try tensors(call, 0)
    guard let first = tensors.first else {
      throw call.problem("sequence", found: "none", expected: "tensors")
    }
    if try call.flag("new_axis") {
      return try ControlOperators.stack(tensors, axis: call.int("axis", default: 0))
    }
    return try MovementOperators.concatenate(
      tensors, axis: call.axis("axis", default: 0, rank: first.rank))
  }

  /// Equal parts of a length, parts of given lengths, or (with nothing given) parts of length 1.
  static func split(_ call: OperatorCall) throws(ModelError) -> [ONNXValue] {
    let input = try call.input(0)
    let axis = try call.axis("axis", default: 0, rank: input.rank)
    let extent = input.shape[axis]
    let keepsAxis = try call.flag("keepdims", default: true) || call.hasInput(1)
    var sizes = Array(repeating: 1, count: extent)
    if let given = try call.integers(1) {
      if try call.input(1).rank == 0, let size = given.first, size > 0 {
        sizes = stride(from: 0, to: extent, by: size).map { min(size, extent - $0) }
      } else {
        sizes = given
      }
    }
    guard sizes.allSatisfy({ $0 >= 0 && $0 <= extent }), sizes.reduce(0, +) == extent else {
      throw call.problem("split", found: "\(sizes)", expected: "sizes that add up to \(extent)")
    }
    try Evaluation.check(collectedBytes: sizes.count * ONNXValue.recordBytes)
    var (start, parts) = (0, [ONNXValue]())
    for size in sizes {
      let part = try input.sliced(axis: axis, start..<start + size)
      var dimensions = part.shape.dimensions
      if !keepsAxis { dimensions.remove(at: axis) }
      parts.append(.tensor(part.reshaped(Shape(dimensions))))
      start += size
    }
    return [.sequence(parts)]
  }

  /// Runs the body for each value of the first sequence; other inputs are sequences of the same
  /// length, or tensors that each run gets.
  static func map(_ call: OperatorCall) throws(ModelError) -> [ONNXValue] {
    let count = try sequence(call, 0).count
    var results = [[ONNXValue]](repeating: [], count: call.node.outputs.count)
    var collected = 0
    for index in 0..<count {
      var inputs: [ONNXValue] = []
      for number in call.inputs.indices {
        let value = try call.value(number)
        if case .sequence(let values) = value {
          guard values.count == count else {
            throw call.problem("input \(number)", found: "\(values.count)", expected: "\(count)")
          }
          inputs.append(values[index])
        } else {
          inputs.append(value)
        }
      }
      let outputs = try call.run("body", inputs)
      guard outputs.count >= results.count else {
        throw call.problem("body", found: "\(outputs.count) outputs", expected: "\(results.count)")
      }
      for (number, output) in outputs.prefix(results.count).enumerated() {
        guard case .tensor = output else {
          throw call.problem("body", found: output.kind, expected: "tensors as outputs")
        }
        results[number].append(output)
        collected += output.byteCount + ONNXValue.recordBytes
      }
      try Evaluation.check(collectedBytes: collected)
    }
    return results.map(ONNXValue.sequence)
  }

  static func optional(_ call: OperatorCall) throws(ModelError) -> [ONNXValue] {
    [call.hasInput(0) ? try call.value(0) : .nothing]
  }

  static func hasElement(_ call: OperatorCall) throws(ModelError) -> TensorValue {
    guard call.hasInput(0) else { return try NewTensor<UInt8>.scalar(.bool, 0) }
    if case .nothing = try call.value(0) { return try NewTensor<UInt8>.scalar(.bool, 0) }
    return try NewTensor<UInt8>.scalar(.bool, 1)
  }

  static func element(_ call: OperatorCall) throws(ModelError) -> [ONNXValue] {
    let value = try call.value(0)
    if case .nothing = value {
      throw call.problem("input 0", found: value.kind, expected: "a value")
    }
    return [value]
  }

  private static func sequence(
    _ call: OperatorCall, _ index: Int
  ) throws(ModelError) -> [ONNXValue] {
    let value = try call.value(index)
    guard case .sequence(let values) = value else {
      throw call.problem("input \(index)", found: value.kind, expected: "a sequence")
    }
    return values
  }

  private static func tensors(
    _ call: OperatorCall, _ index: Int
  ) throws(ModelError) -> [TensorValue] {
    var result: [TensorValue] = []
    for value in try sequence(call, index) {
      guard case .tensor(let tensor) = value else {
        throw call.problem("input \(index)", found: value.kind, expected: "tensors")
      }
      result.append(tensor)
    }
    return result
  }

  private static func position(
    _ call: OperatorCall, _ index: Int, below count: Int
  ) throws(ModelError) -> Int {
    let stated = try call.integers(index)?.first ?? 0
    return try normalized(stated, rank: count, place: "position")
  }
}
