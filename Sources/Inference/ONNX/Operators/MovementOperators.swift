import NeuralNetworks

/// Operators that copy elements elsewhere, by rules that do not depend on the elements.
enum MovementOperators {
  static func transpose(_ call: OperatorCall) throws(ModelError) -> TensorValue {
    let input = try call.input(0)
    let order = try call.ints("perm") ?? (0..<input.rank).reversed()
    guard order.sorted() == Array(0..<input.rank) else {
      throw call.problem(
        "attribute \"perm\"", found: "\(order)", expected: "the axes of \(input.shape)")
    }
    return try input.transposed(order)
  }

  static func concat(_ call: OperatorCall) throws(ModelError) -> TensorValue {
    let inputs = try call.allInputs()
    let axis = try call.axis("axis", default: 0, rank: inputs[0].rank)
    return try concatenate(inputs, axis: axis)
  }

  static func concatenate(
    _ inputs: [TensorValue], axis: Int
  ) throws(ModelError) -> TensorValue {
    var dimensions = inputs[0].shape.dimensions
    dimensions[axis] = 0
    for input in inputs {
      try ArithmeticOperators.sameType(inputs[0], input)
      var others = input.shape.dimensions
      guard others.count == dimensions.count else { throw mismatch(inputs) }
      dimensions[axis] += others[axis]
      others[axis] = dimensions[axis]
      guard others == dimensions else { throw mismatch(inputs) }
    }
    let shape = try checkedShape(dimensions)
    let result = try TensorValue(unfilled: inputs[0].elementType, shape)
    let size = result.elementType.bitWidth / 8
    let rows = dimensions[..<axis].reduce(1, *)
    var target = result.buffer.base
    for row in 0..<rows {
      for input in inputs {
        let count = input.count / rows * size
        target.copyMemory(from: input.buffer.base + row * count, byteCount: count)
        target += count
      }
    }
    return result
  }

  private static func mismatch(_ inputs: [TensorValue]) -> ModelError {
    ModelError(
      place: "inputs", found: inputs.prefix(8).map(\.shape.description).joined(separator: ", "),
      expected: "shapes that differ along the axis only")
  }

  /// Sizes are an attribute before opset 13; without sizes the parts are equal, but for the last.
  static func split(_ call: OperatorCall) throws(ModelError) -> [ONNXValue] {
    let input = try call.input(0)
    let axis = try call.axis("axis", default: 0, rank: input.rank)
    let extent = input.shape[axis]
    let parts = try call.int("num_outputs", default: call.node.outputs.count)
    guard parts > 0, parts <= call.node.outputs.count else {
      throw call.problem("num_outputs", found: "\(parts)", expected: "the number of outputs")
    }
    let size = (extent + parts - 1) / parts
    let equal = (0..<parts).map { min(size, max(extent - $0 * size, 0)) }
    let sizes = try call.integers(1, or: "split") ?? equal
    guard sizes.allSatisfy({ $0 >= 0 && $0 <= extent }), sizes.reduce(0, +) == extent else {
      throw call.problem("split", found: "\(sizes)", expected: "sizes that add up to \(extent)")
    }
    var start = 0
    var result: [ONNXValue] = []
    for size in sizes {
      result.append(.tensor(try input.sliced(axis: axis, start..<start + size)))
      start += size
    }
    return result
  }

  static func tile(_ call: OperatorCall) throws(ModelError) -> TensorValue {
    let input = try call.input(0)
    let repeats = try call.required("repeats", call.integers(1))
    guard repeats.count == input.rank, repeats.allSatisfy({ $0 >= 0 }) else {
      throw call.problem(
        "repeats", found: "\(repeats)", expected: "\(input.rank) numbers that are not negative")
    }
    var dimensions: [Int] = []
    for (extent, count) in zip(input.shape.dimensions, repeats) {
      dimensions.append(extent.multipliedReportingOverflow(by: count).partialValue)
      guard count <= Shape.maximumElementCount else {
        throw call.problem("repeats", found: "\(count)", expected: "a smaller number")
      }
    }
    _ = try checkedShape(dimensions, of: input.elementType)
    let maps = zip(input.shape.dimensions, dimensions).map { extent, total in
      (0..<total).map { $0 % extent }
    }
    return try AxisGather(input: input, maps: maps)()
  }

  /// Depth to space: opset 1 to 10 know the mode DCR only.
  static func depthToSpace(_ call: OperatorCall) throws(ModelError) -> TensorValue {
    let (input, block) = try blocked(call)
    let (n, c, h, w) = (input.shape[0], input.shape[1], input.shape[2], input.shape[3])
    guard c % (block * block) == 0 else {
      throw call.problem("input", found: "\(c) channels", expected: "a multiple of \(block)^2")
    }
    let depth = c / (block * block)
    let isColumnFirst = try call.string("mode", default: "DCR") == "CRD"
    let split =
      isColumnFirst ? [n, depth, block, block, h, w] : [n, block, block, depth, h, w]
    let order = isColumnFirst ? [0, 1, 4, 2, 5, 3] : [0, 3, 4, 1, 5, 2]
    return try input.reshaped(checkedShape(split)).transposed(order)
      .reshaped(checkedShape([n, depth, h * block, w * block]))
  }

  static func spaceToDepth(_ call: OperatorCall) throws(ModelError) -> TensorValue {
    let (input, block) = try blocked(call)
    let (n, c, h, w) = (input.shape[0], input.shape[1], input.shape[2], input.shape[3])
    guard h % block == 0, w % block == 0 else {
      throw call.problem("input", found: "\(h) x \(w)", expected: "multiples of \(block)")
    }
    return try input.reshaped(checkedShape([n, c, h / block, block, w / block, block]))
      .transposed([0, 3, 5, 1, 2, 4])
      .reshaped(checkedShape([n, c * block * block, h / block, w / block]))
  }

  private static func blocked(_ call: OperatorCall) throws(ModelError) -> (TensorValue, Int) {
    let input = try call.input(0)
    let block = try call.required("blocksize", call.optionalInt("blocksize"))
    guard input.rank == 4, block > 0, block <= 1 << 15 else {
      throw call.problem(
        "input", found: "\(input.shape) and block size \(block)", expected: "rank 4, 1 or more")
    }
    return (input, block)
  }

  static func reverseSequence(_ call: OperatorCall) throws(ModelError) -> TensorValue {
    let input = try call.input(0)
    let batchAxis = try call.axis("batch_axis", default: 1, rank: input.rank)
    let timeAxis = try call.axis("time_axis", default: 0, rank: input.rank)
    let lengths = try call.required("sequence_lens", call.integers(1, limit: .max))
    let (batch, time) = (input.shape[batchAxis], input.shape[timeAxis])
    guard batchAxis != timeAxis, lengths.count == batch,
      lengths.allSatisfy({ (0...time).contains($0) })
    else {
      throw call.problem(
        "sequence_lens", found: "\(lengths.count) lengths", expected: "\(batch) in 0...\(time)")
    }
    try call.count(steps: [batch, input.shape.dimensions.reduce(0, +)])
    var parts: [TensorValue] = []
    for (index, length) in lengths.enumerated() {
      var maps = input.shape.dimensions.map(AxisGather.identity)
      maps[batchAxis] = [index]
      maps[timeAxis] = Array((0..<length).reversed()) + Array(length..<time)
      parts.append(try AxisGather(input: input, maps: maps)())
    }
    return parts.isEmpty ? input : try concatenate(parts, axis: batchAxis)
  }
}

extension TensorValue {
  /// A range along one axis.
  ///
  /// - Precondition: the range lies in the axis.
  func sliced(axis: Int, _ range: Range<Int>) throws(ModelError) -> TensorValue {
    guard range != 0..<shape[axis] else { return self }
    // No map of the whole axis, which may be cut into as many parts as it has elements.
    let maps = shape.dimensions.indices.map {
      $0 == axis ? Array(range) : AxisGather.identity(shape[$0])
    }
    return try AxisGather(input: self, maps: maps)()
  }

  /// The part at one index of an axis, without that axis.
  func part(axis: Int, _ index: Int) throws(ModelError) -> TensorValue {
    var dimensions = shape.dimensions
    dimensions.remove(at: axis)
    return try sliced(axis: axis, index..<index + 1).reshaped(Shape(dimensions))
  }
}
