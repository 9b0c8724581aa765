import NeuralNetworks

/// Operators that change or tell the shape; the elements stay in their order, and are shared.
enum ShapeOperators {
  static func shape(_ call: OperatorCall) throws(ModelError) -> TensorValue {
    let dimensions = try call.input(0).shape.dimensions
    let start = clamp(try call.int("start", default: 0), dimensions.count)
    let end = clamp(try call.int("end", default: dimensions.count), dimensions.count)
    return try TensorValue(integers: Array(dimensions[start..<max(start, end)]))
  }

  private static func clamp(_ index: Int, _ count: Int) -> Int {
    min(max(index < 0 ? index + count : index, 0), count)
  }

  static func size(_ call: OperatorCall) throws(ModelError) -> TensorValue {
    try TensorValue(scalar: Int64(call.input(0).count))
  }

  static func identity(_ call: OperatorCall) throws(ModelError) -> [ONNXValue] {
    [try call.value(0)]
  }

  static func reshape(_ call: OperatorCall) throws(ModelError) -> TensorValue {
    let input = try call.input(0)
    var dimensions = try call.requiredIntegers(1, or: "shape")
    let allowsZero = try call.flag("allowzero")
    for (axis, extent) in dimensions.enumerated() where extent == 0 && !allowsZero {
      guard axis < input.rank else {
        throw call.problem(
          "shape", found: "0 at axis \(axis)", expected: "an axis of the input \(input.shape)")
      }
      dimensions[axis] = input.shape[axis]
    }
    try inferExtent(&dimensions, count: input.count)
    return try reshape(input, dimensions)
  }

  /// Replaces one -1 by what the others leave.
  private static func inferExtent(_ dimensions: inout [Int], count: Int) throws(ModelError) {
    guard let free = dimensions.firstIndex(of: -1) else { return }
    dimensions[free] = 1
    let rest = try checkedShape(dimensions).elementCount
    dimensions[free] = rest == 0 ? 0 : count / rest
  }

  static func reshape(
    _ input: TensorValue, _ dimensions: [Int]
  ) throws(ModelError) -> TensorValue {
    let shape = try checkedShape(dimensions)
    if input.count == 0 { try TensorValue.checkSize(input.elementType, shape) }
    guard shape.elementCount == input.count else {
      throw ModelError(
        place: "shape", found: "\(shape) for the input \(input.shape)",
        expected: "\(input.count) elements")
    }
    return input.reshaped(shape)
  }

  static func flatten(_ call: OperatorCall) throws(ModelError) -> TensorValue {
    let input = try call.input(0)
    let axis = try call.int("axis", default: 1)
    guard axis >= -input.rank, axis <= input.rank else {
      throw call.problem("attribute \"axis\"", found: "\(axis)", expected: "an axis")
    }
    let dimensions = input.shape.dimensions
    let split = axis < 0 ? axis + input.rank : axis
    return input.reshaped(
      Shape([dimensions[..<split].reduce(1, *), dimensions[split...].reduce(1, *)]))
  }

  /// Axes are an attribute before opset 13.
  static func squeeze(_ call: OperatorCall) throws(ModelError) -> TensorValue {
    let input = try call.input(0)
    var axes: Set<Int> = []
    if let given = try call.integers(1, or: "axes") {
      for axis in given {
        let axis = try normalized(axis, rank: input.rank, place: "axes")
        guard input.shape[axis] == 1 else {
          throw call.problem(
            "axes", found: "axis \(axis) of \(input.shape)", expected: "an extent of 1")
        }
        axes.insert(axis)
      }
    } else {
      axes = Set((0..<input.rank).filter { input.shape[$0] == 1 })
    }
    return input.reshaped(
      Shape((0..<input.rank).filter { !axes.contains($0) }.map { input.shape[$0] }))
  }

  static func unsqueeze(_ call: OperatorCall) throws(ModelError) -> TensorValue {
    let input = try call.input(0)
    let given = try call.requiredIntegers(1, or: "axes")
    let rank = input.rank + given.count
    guard rank <= Shape.maximumRank else {
      throw call.problem("axes", found: "\(given.count) axes", expected: "a smaller rank")
    }
    var axes: Set<Int> = []
    for axis in given { axes.insert(try normalized(axis, rank: rank, place: "axes")) }
    guard axes.count == given.count else {
      throw call.problem("axes", found: "\(given)", expected: "different axes")
    }
    var rest = input.shape.dimensions.makeIterator()
    return input.reshaped(
      Shape((0..<rank).map { axes.contains($0) ? 1 : rest.next() ?? 1 }))
  }

  static func expand(_ call: OperatorCall) throws(ModelError) -> TensorValue {
    let target = try checkedShape(call.required("shape", call.integers(1)))
    return try call.input(0).broadcast(with: target)
  }
}

extension TensorValue {
  /// The elements repeated to the common shape with another.
  func broadcast(with other: Shape) throws(ModelError) -> TensorValue {
    let common = try Broadcast.commonShape([shape, other])
    guard common != shape else { return self }
    try Self.checkSize(elementType, common)
    guard count != 1 else { return try elementType.movement(Fill(element: self, shape: common)) }
    let padded = [Int](repeating: 1, count: common.rank - rank) + shape.dimensions
    let maps = zip(padded, common.dimensions).map { own, extent in
      own == 1 ? [Int](repeating: 0, count: extent) : AxisGather.identity(extent)
    }
    return try AxisGather(input: reshaped(Shape(padded)), maps: maps)()
  }
}

/// One element everywhere.
private struct Fill: MovementBody {
  let element: TensorValue
  let shape: Shape

  func run<Word: FixedWidthInteger & UnsignedInteger & BitwiseCopyable>(
    _ type: Word.Type
  ) throws(ModelError) -> TensorValue {
    let result = try NewTensor<Word>(element.elementType, shape)
    result.fill(element.elements(as: type)[0])
    return result.value
  }
}
