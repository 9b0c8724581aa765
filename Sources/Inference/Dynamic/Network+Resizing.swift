import NeuralNetworks

extension Network {
  /// The network with other input shapes: every shape that follows from them is inferred, and
  /// what is computed from shapes alone becomes constant, its operators dropped.
  ///
  /// Subgraphs that are called keep their stated shapes; a call that no longer fits is left to a
  /// `DynamicInterpreter`, as are shapes that depend on values. O(operators).
  ///
  /// - Parameter shapes: one for each input of the entry; nil keeps what is stated.
  /// - Throws: `ModelError` when an operator cannot take its operands' new shapes.
  public func resized(_ shapes: [Shape?]) throws(ModelError) -> Network {
    var result = self
    var specializer = Specializer(network: subgraphs, subgraph: main)
    try specializer.resize(shapes)
    try specializer.specialize()
    result.subgraphs[0] = specializer.subgraph
    return result
  }
}

/// Infers shapes and folds what is known, operator by operator.
private struct Specializer {
  /// Elements of an operand that may be folded; shapes and indices are smaller.
  private static let maximumFoldedCount = 1024

  let network: [Subgraph]
  var subgraph: Subgraph
  private var unknown: Set<Int> = []

  init(network: [Subgraph], subgraph: Subgraph) {
    self.network = network
    self.subgraph = subgraph
  }

  mutating func resize(_ shapes: [Shape?]) throws(ModelError) {
    guard shapes.count == subgraph.inputs.count else {
      throw ModelError(
        place: "inputs", found: "\(shapes.count) shapes", expected: "\(subgraph.inputs.count)")
    }
    for (input, shape) in zip(subgraph.inputs, shapes) {
      if let shape { subgraph.tensors[input].shape = shape }
    }
  }

  mutating func specialize() throws(ModelError) {
    var kept: [Operator] = []
    for (number, op) in subgraph.operators.enumerated() {
      let place = "subgraph 0, operator \(number) (\(op.operation.name))"
      let isUnknown = op.inputs.contains { $0.map(unknown.contains) ?? false }
      if isUnknown {
        unknown.formUnion(op.outputs)
      } else if let values = foldableValues(op) {
        try fold(op, values, place: place)
        continue
      } else if let types = try OperatorCheck(
        network: network, subgraph: subgraph, op: op, place: place
      ).inferredTypes() {
        for (tensor, type) in zip(op.outputs, types) { subgraph.tensors[tensor].shape = type.shape }
      } else {
        unknown.formUnion(op.outputs)
      }
      kept.append(op)
    }
    subgraph.operators = kept
  }

  /// Values of the inputs of an operator that is known before anything runs; nil for others.
  private func foldableValues(_ op: Operator) -> [TensorValue?]? {
    let onlyShape = op.operation == .plain(.shape) || op.operation == .plain(.rank)
    let isFoldable =
      !op.outputs.isEmpty && op.operation.isPure
      && op.outputs.allSatisfy { subgraph.tensors[$0].elementType.isIndex }
      && !op.outputs.contains { subgraph.outputs.contains($0) }
    guard isFoldable, !op.inputs.isEmpty else { return nil }
    var values: [TensorValue?] = []
    for input in op.inputs {
      guard let input else {
        values.append(nil)
        continue
      }
      let tensor = subgraph.tensors[input]
      guard onlyShape || tensor.shape.elementCount <= Self.maximumFoldedCount else { return nil }
      if onlyShape {
        values.append(Tensor(name: "", elementType: tensor.elementType, shape: []).zeroValue())
      } else if let constant = tensor.constant {
        let value = constant.withBytes {
          try? TensorValue(tensor.elementType, tensor.shape, bytes: $0)
        }
        guard let value else { return nil }
        values.append(value)
      } else {
        return nil
      }
    }
    return values
  }

  private mutating func fold(
    _ op: Operator, _ values: [TensorValue?], place: String
  ) throws(ModelError) {
    let evaluation = OperatorEvaluation(
      network: network, op: op, arithmetic: .doubleRounding, kernels: .reference, place: place)
    var preparation: OperatorEvaluation.Preparation?
    let outputs = try evaluation.outputs(values, in: &subgraph, &preparation)
    for (tensor, value) in zip(op.outputs, outputs) {
      subgraph.tensors[tensor].shape = value.shape
      subgraph.tensors[tensor].constant = ConstantData(bytes: value.withBytes { Array($0) })
    }
  }
}

extension ElementType {
  /// Types that shapes are computed in.
  fileprivate var isIndex: Bool { self == .int32 || self == .int64 || self == .bool }
}
