/// Operators that call subgraphs, and variables that outlive an invocation.
extension OperatorDefinition {
  static let control = [
    OperatorDefinition(
      "CALL_ONCE", inputs: 0...0, outputs: 0...0, class: .bookkeeping,
      read: { .callOnce(subgraph: try $0.int32(0)) }, rule: { _ in [] }),
    OperatorDefinition(
      "IF", inputs: 1...1024, outputs: 0...1024, class: .bookkeeping, allowsEmpty: true,
      read: { .conditional(then: try $0.int32(0), otherwise: try $0.int32(1)) },
      rule: { try $0.conditionalTypes() }),
    OperatorDefinition(
      "WHILE", inputs: 0...1024, outputs: 0...1024, class: .bookkeeping, allowsEmpty: true,
      read: { .whileLoop(condition: try $0.int32(0), body: try $0.int32(1)) },
      rule: { try $0.loopTypes() }),
    OperatorDefinition(
      "VAR_HANDLE", inputs: 0...0, class: .bookkeeping,
      read: { .varHandle(name: try $0.variableName()) },
      rule: { [.init(.resource, $0.output(0).shape)] }),
    OperatorDefinition(
      "READ_VARIABLE", class: .dataMovement, read: { _ in .readVariable },
      rule: { [$0.output(0).type] }),
    OperatorDefinition(
      "ASSIGN_VARIABLE", inputs: 2...2, outputs: 0...0, class: .dataMovement,
      read: { _ in .assignVariable }, rule: { _ in [] }),
  ]
}

extension OperatorCheck {
  private func callee(_ index: Int) throws(ModelError) -> Subgraph {
    guard network.indices.contains(index) else {
      throw failure(
        found: "a call of subgraph \(index)", expected: "one of \(network.count) subgraphs")
    }
    return network[index]
  }

  fileprivate func conditionalTypes() throws(ModelError) -> [TensorType]? {
    guard case .conditional(let then, let otherwise) = op.operation else { return nil }
    let condition = try input(0)
    try require(
      condition.elementType == .bool && condition.shape.elementCount == 1, "a bool condition")
    let operands = try inputs().dropFirst().map(\.type)
    let (first, second) = (try callee(then), try callee(otherwise))
    let types = first.outputs.map { first.tensors[$0].type }
    var isStatic = try matches(first.inputs, of: first, operands)
    isStatic = try matches(second.inputs, of: second, operands) && isStatic
    isStatic = try matches(second.outputs, of: second, types) && isStatic
    return isStatic ? types : nil
  }

  fileprivate func loopTypes() throws(ModelError) -> [TensorType]? {
    guard case .whileLoop(let condition, let body) = op.operation else { return nil }
    let operands = try inputs().map(\.type)
    let (test, step) = (try callee(condition), try callee(body))
    var isStatic = try matches(test.inputs, of: test, operands)
    isStatic = try matches(step.inputs, of: step, operands) && isStatic
    isStatic = try matches(step.outputs, of: step, operands) && isStatic
    let result = test.outputs.map { test.tensors[$0] }
    try require(
      result.count == 1 && result[0].elementType == .bool && result[0].shape.elementCount == 1,
      "a condition with one bool output")
    return isStatic ? operands : nil
  }

  /// Whether a subgraph's tensors have the caller's types.
  ///
  /// - Throws: when count or element types differ; other shapes can be met by running.
  private func matches(
    _ tensors: [Int], of callee: Subgraph, _ types: [TensorType]
  ) throws(ModelError) -> Bool {
    let stated = tensors.map { callee.tensors[$0].type }
    guard stated.map(\.elementType) == types.map(\.elementType) else {
      throw failure(
        found: "\(stated.prefix(16)) in subgraph \(callee.name)",
        expected: "\(types.prefix(16)), as the caller's")
    }
    return stated == types
  }
}
