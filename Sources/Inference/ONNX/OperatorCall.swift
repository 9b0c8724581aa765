import NeuralNetworks

/// What an operator is: checks its operands itself, throws what is wrong with them, and returns
/// one value for each output it has (fewer than the node names is an error of the model).
typealias OperatorBody = @Sendable (OperatorCall) throws(ModelError) -> [ONNXValue]

/// One application of an operator: operands, attributes and what it may ask of the evaluator.
struct OperatorCall {
  let node: ONNXNode
  /// Version of the operator's domain that the model imports.
  let version: Int
  /// Nil where an optional input is absent.
  let inputs: [ONNXValue?]
  let evaluation: Evaluation
  let graphs: [GraphProgram.Named]

  /// Whether the node names this output.
  func wantsOutput(_ index: Int) -> Bool {
    index < node.outputs.count && !node.outputs[index].isEmpty
  }

  func hasInput(_ index: Int) -> Bool { index < inputs.count && inputs[index] != nil }

  func value(_ index: Int) throws(ModelError) -> ONNXValue {
    guard index < inputs.count, let value = inputs[index] else {
      throw ModelError(place: "input \(index)", found: "none", expected: "a value")
    }
    return value
  }

  func optionalInput(_ index: Int) throws(ModelError) -> TensorValue? {
    guard index < inputs.count, let value = inputs[index] else { return nil }
    guard case .tensor(let tensor) = value else {
      throw ModelError(place: "input \(index)", found: value.kind, expected: "a tensor")
    }
    return tensor
  }

  func input(_ index: Int) throws(ModelError) -> TensorValue {
    guard let tensor = try optionalInput(index) else {
      throw ModelError(place: "input \(index)", found: "none", expected: "a tensor")
    }
    return tensor
  }

  /// All inputs as tensors; none may be absent.
  func allInputs() throws(ModelError) -> [TensorValue] {
    var result: [TensorValue] = []
    for index in inputs.indices { result.append(try input(index)) }
    guard !result.isEmpty else {
      throw ModelError(place: "inputs", found: "none", expected: "at least one")
    }
    return result
  }

  /// An input of 32- or 64-bit integers, as axes and shapes are, of at most so many elements.
  func integers(_ index: Int, limit: Int = 4096) throws(ModelError) -> [Int]? {
    guard let tensor = try optionalInput(index) else { return nil }
    do { return try tensor.integers(limit: limit) } catch { throw error.inside("input \(index)") }
  }

  /// Integers that newer versions of an operator take as an input, and older ones as an attribute.
  func integers(_ index: Int, or attribute: String) throws(ModelError) -> [Int]? {
    if let values = try integers(index) { return values }
    return try ints(attribute)
  }

  func requiredIntegers(_ index: Int, or attribute: String) throws(ModelError) -> [Int] {
    try required(attribute, integers(index, or: attribute))
  }

  /// Runs a graph that is an attribute.
  func run(_ name: String, _ inputs: [ONNXValue]) throws(ModelError) -> [ONNXValue] {
    guard let graph = graphs.first(where: { $0.name == name })?.program else {
      throw ModelError(place: "attribute \"\(name)\"", found: "no graph", expected: "a graph")
    }
    do { return try evaluation.run(graph, inputs: inputs) } catch {
      throw error.inside("attribute \"\(name)\"")
    }
  }

  /// Counts multiply-accumulates.
  ///
  /// - Throws: when the run's limit is reached.
  func count(macs: Int) throws(ModelError) { try evaluation.count(macs: macs) }

  /// Counts other work that may be much more than the operands' elements.
  func count(steps: [Int]) throws(ModelError) {
    var product = 1
    for factor in steps {
      product = product.multipliedReportingOverflow(by: factor).partialValue
      guard factor < 1 << 32, product < 1 << 62 else { return try evaluation.count(steps: .max) }
    }
    try evaluation.count(steps: product)
  }
}

extension TensorValue {
  /// The elements of a small tensor of 32- or 64-bit integers.
  func integers(limit: Int = 4096) throws(ModelError) -> [Int] {
    guard count <= limit else {
      throw ModelError(place: "", found: "\(count) elements", expected: "at most \(limit)")
    }
    switch elementType {
    case .int64: return elements(as: Int64.self).array.map(Int.init)
    case .int32: return elements(as: Int32.self).array.map(Int.init)
    default: throw elementType.unsuitable(expected: "int32 or int64")
    }
  }

  /// Element 0 as a number.
  func scalar() throws(ModelError) -> Double {
    guard count == 1 else {
      throw ModelError(place: "", found: "\(count) elements", expected: "one")
    }
    return try elementType.numericOrBool(FirstElement(tensor: self))
  }
}

private struct FirstElement: NumericBody {
  let tensor: TensorValue
  func run<Element: NumericElement>(_ type: Element.Type) throws(ModelError) -> Double {
    tensor.elements(as: type)[0].double
  }
}
