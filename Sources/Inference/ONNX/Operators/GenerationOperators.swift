import NeuralNetworks

/// Operators that make tensors of little or no input.
enum GenerationOperators {
  static func constant(_ call: OperatorCall) throws(ModelError) -> TensorValue {
    if let value = try call.tensor("value") { return value }
    if call.node.attribute("value_float") != nil {
      return try TensorValue(scalar: call.float("value_float", default: 0))
    }
    if let value = try call.optionalInt("value_int") {
      return try TensorValue(scalar: Int64(value))
    }
    if let values = try call.ints("value_ints") { return try TensorValue(integers: values) }
    if let values = try call.floats("value_floats") { return try vector(values) }
    throw call.problem(
      "attributes", found: call.node.attributes.map(\.name).joined(separator: ", "),
      expected: "one of value, value_int, value_ints, value_float, value_floats")
  }

  static func vector(_ values: [Float]) throws(ModelError) -> TensorValue {
    let result = try NewTensor<Float>(Shape([values.count]))
    for (index, value) in values.enumerated() { result[index] = value }
    return result.value
  }

  static func constantOfShape(_ call: OperatorCall) throws(ModelError) -> TensorValue {
    let shape = try checkedShape(call.required("shape", call.integers(0)))
    let zero = try TensorValue(scalar: Float(0))
    let value = try call.tensor("value") ?? zero
    guard value.count == 1 else {
      throw call.problem(
        "attribute \"value\"", found: "\(value.count) elements", expected: "one")
    }
    return try value.reshaped([]).broadcast(with: shape)
  }

  static func eyeLike(_ call: OperatorCall) throws(ModelError) -> TensorValue {
    let input = try call.input(0)
    guard input.rank == 2 else {
      throw call.problem("input", found: "\(input.shape)", expected: "a matrix")
    }
    let code = try call.optionalInt("dtype")
    guard let type = code == nil ? input.elementType : ElementType(onnxCode: code ?? 0) else {
      throw call.problem("attribute \"dtype\"", found: "\(code ?? 0)", expected: "a known type")
    }
    let diagonal = try call.int("k", default: 0)
    let result = try NewTensor<Float>(input.shape)
    result.fill(0)
    for row in 0..<input.shape[0] {
      let (column, overflow) = row.addingReportingOverflow(diagonal)
      if !overflow, column >= 0, column < input.shape[1] {
        result[row * input.shape[1] + column] = 1
      }
    }
    return try result.value.converted(to: type)
  }

  static func range(_ call: OperatorCall) throws(ModelError) -> TensorValue {
    let (start, limit, delta) = (try call.input(0), try call.input(1), try call.input(2))
    try ArithmeticOperators.sameType(start, limit)
    try ArithmeticOperators.sameType(start, delta)
    let (first, end, step) = (try start.scalar(), try limit.scalar(), try delta.scalar())
    let count = max(0, ((end - first) / step).rounded(.up))
    guard step != 0, count <= Double(Shape.maximumElementCount) else {
      throw call.problem(
        "inputs", found: "\(first) to \(end) by \(step)", expected: "a range that ends")
    }
    return try start.elementType.numeric(
      Range(start: start, delta: delta, shape: Shape([Int(count)])))
  }

  private struct Range: NumericBody {
    let start: TensorValue
    let delta: TensorValue
    let shape: Shape

    func run<Element: NumericElement>(_ type: Element.Type) throws(ModelError) -> TensorValue {
      let result = try NewTensor<Element>(shape)
      let (start, delta) = (start.elements(as: type)[0], delta.elements(as: type)[0])
      for index in 0..<result.count {
        result[index] = Element.adding(
          start, Element.multiplying(Element(wrapping: index), delta))
      }
      return result.value
    }
  }

  static func oneHot(_ call: OperatorCall) throws(ModelError) -> TensorValue {
    let (indices, values) = (try call.input(0), try call.input(2))
    let depth = try call.input(1).scalar()
    guard depth >= 0, depth <= Double(Shape.maximumElementCount), values.count == 2 else {
      throw call.problem(
        "inputs", found: "depth \(depth) and \(values.count) values", expected: "2 values")
    }
    let axis = try normalized(
      call.int("axis", default: -1), rank: indices.rank + 1, place: "attribute \"axis\"")
    var dimensions = indices.shape.dimensions
    dimensions.insert(Int(depth), at: axis)
    return try values.elementType.movement(
      OneHot(
        places: indices.doubles().map { $0 < 0 ? $0 + depth : $0 }, values: values,
        shape: checkedShape(dimensions), axis: axis))
  }

  private struct OneHot: MovementBody {
    let places: [Double]
    let values: TensorValue
    let shape: Shape
    let axis: Int

    func run<Word: FixedWidthInteger & UnsignedInteger & BitwiseCopyable>(
      _ type: Word.Type
    ) throws(ModelError) -> TensorValue {
      let result = try NewTensor<Word>(values.elementType, shape)
      let values = values.elements(as: type)
      result.fill(values[0])
      let inner = shape.dimensions[(axis + 1)...].reduce(1, *)
      let depth = shape[axis]
      for (index, place) in places.enumerated() where place >= 0 && place < Double(depth) {
        result[(index / inner * depth + Int(place)) * inner + index % inner] = values[1]
      }
      return result.value
    }
  }
}
