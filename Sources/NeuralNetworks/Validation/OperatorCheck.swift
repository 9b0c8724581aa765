/// One operator with its operands: checks them, and infers what its outputs are.
///
/// A parameter's value is the tensor's `constant`: that of the file, or one that was just computed.
public struct OperatorCheck: Sendable {
  public let network: [Subgraph]
  public let subgraph: Subgraph
  public let op: Operator
  /// For messages.
  public let place: String

  /// - Precondition: the operands are tensors of the subgraph, which is one of the network's.
  public init(network: [Subgraph], subgraph: Subgraph, op: Operator, place: String) {
    self.network = network
    self.subgraph = subgraph
    self.op = op
    self.place = place
  }

  /// Types of the outputs; nil while a parameter has no value, or when only running tells.
  ///
  /// - Throws: `ModelError` when the operands do not fit the operator.
  public func inferredTypes() throws(ModelError) -> [TensorType]? {
    let definition = op.operation.definition
    try checkOperands()
    guard definition.parameters.allSatisfy(hasValue) else { return nil }
    guard let types = try definition.outputTypes(self) else { return nil }
    guard types.count == op.outputs.count else {
      throw failure(found: "\(op.outputs.count) outputs", expected: "\(types.count)")
    }
    return types
  }

  // MARK: Operands

  public func input(_ index: Int) throws(ModelError) -> Tensor {
    guard let tensor = op.inputs[index] else {
      throw failure(found: "no input \(index)", expected: "it")
    }
    return subgraph.tensors[tensor]
  }

  public func optionalInput(_ index: Int) -> Tensor? {
    guard index < op.inputs.count, let tensor = op.inputs[index] else { return nil }
    return subgraph.tensors[tensor]
  }

  public func inputs() throws(ModelError) -> [Tensor] {
    var tensors: [Tensor] = []
    for index in op.inputs.indices { tensors.append(try input(index)) }
    return tensors
  }

  /// As the file states it: a rule takes from it what no input says, like the type of a cast.
  public func output(_ index: Int) -> Tensor { subgraph.tensors[op.outputs[index]] }

  private func hasValue(_ index: Int) -> Bool {
    optionalInput(index).map { $0.constant != nil } ?? true
  }

  /// The value of a parameter of int32 or int64.
  ///
  /// - Parameter limit: the largest number of elements that makes sense.
  public func integers(_ index: Int, limit: Int = 1024) throws(ModelError) -> [Int] {
    let tensor = try input(index)
    guard let integers = tensor.integers, integers.count <= limit else {
      throw failure(
        found: "input \(index) as \(tensor.type)",
        expected: "at most \(limit) elements of int32 or int64 with a value")
    }
    return integers
  }

  /// The value of a parameter that is one number of int32 or int64.
  public func integer(_ index: Int) throws(ModelError) -> Int {
    let values = try integers(index, limit: 1)
    try require(values.count == 1, "one element as input \(index)")
    return values[0]
  }

  // MARK: Failures

  public func failure(found: String, expected: String) -> ModelError {
    ModelError(place: place, found: found, expected: expected)
  }

  /// - Parameter expectation: in words, for the message.
  func require(_ isTrue: Bool, _ expectation: String) throws(ModelError) {
    if isTrue { return }
    let types = (op.inputs.compactMap { $0 } + op.outputs).prefix(8).map {
      subgraph.tensors[$0].type.description
    }
    throw failure(found: types.joined(separator: ", "), expected: expectation)
  }

  /// - Returns: the axis counted from the front.
  public func axis(_ axis: Int, rank: Int) throws(ModelError) -> Int {
    let positive = axis < 0 ? axis + rank : axis
    try require((0..<rank).contains(positive), "an axis below \(rank), not \(axis)")
    return positive
  }

  /// A shape that operands ask for.
  func shape(_ extents: [Int]) throws(ModelError) -> Shape {
    guard extents.count <= Shape.maximumRank, let shape = Shape(checking: extents) else {
      throw failure(
        found: "the output shape \(extents)",
        expected: "up to \(Shape.maximumRank) extents that are not negative, and at most "
          + "\(Shape.maximumElementCount) elements")
    }
    return shape
  }

  /// How many there are, and which of them are handles or empty.
  func checkOperands() throws(ModelError) {
    let definition = op.operation.definition
    guard definition.inputs.contains(op.inputs.count),
      definition.outputs.contains(op.outputs.count)
    else {
      throw failure(
        found: "\(op.inputs.count) inputs and \(op.outputs.count) outputs",
        expected: "\(definition.inputs) and \(definition.outputs)")
    }
    for tensor in op.inputs.compactMap({ $0 }) + op.outputs {
      let isHandle = subgraph.tensors[tensor].elementType == .resource
      try require(isHandle == isHandleAllowed(tensor), "a resource where a handle is, only there")
    }
    guard !definition.allowsEmpty else { return }
    for tensor in op.inputs.compactMap({ $0 }) {
      try require(subgraph.tensors[tensor].shape.elementCount > 0, "tensors that are not empty")
    }
  }

  private func isHandleAllowed(_ tensor: Int) -> Bool {
    switch op.operation {
    case .varHandle: op.outputs == [tensor]
    case .readVariable, .assignVariable: op.inputs[0] == tensor
    default: false
    }
  }
}

extension Tensor {
  /// The value of a constant of int32 or int64; nil for other tensors.
  public var integers: [Int]? {
    switch elementType {
    case .int32: constant?.elements(as: Int32.self).map(Int.init)
    case .int64: constant?.elements(as: Int64.self).map(Int.init)
    default: nil
    }
  }
}
