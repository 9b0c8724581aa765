extension Network {
  /// Checks that the network can be run: indices in range, operands written before they are read,
  /// element types and shapes that are those that the operators' rules infer.
  ///
  /// After this an executor may trust every index, extent and constant of the network; what is
  /// left to it are quantization parameters, and which element types it has kernels for. Shapes
  /// that only values tell are left to running. O(tensors + operands).
  ///
  /// - Throws: `ModelError` with subgraph and operator.
  public func validate() throws(ModelError) { _ = try valueDependentOperators() }

  /// Operators whose output shapes only running tells, as places; empty for a network that an
  /// `ExecutionPlan` can run. O(tensors + operands).
  ///
  /// - Throws: as `validate`.
  public func valueDependentOperators() throws(ModelError) -> [String] {
    var places: [String] = []
    var dynamicSubgraphs: Set<Int> = []
    try checkSize()
    var variables = VariableTable()
    for index in try CallOrder(subgraphs).order {
      let subgraph = subgraphs[index]
      for (number, tensor) in subgraph.tensors.enumerated() {
        try tensor.validate(place: "subgraph \(index), tensor \(number)")
      }
      try DataFlow(subgraph, place: "subgraph \(index)").validate()
      let handles = subgraph.variableNames()
      var types = TypeFlow()
      for (number, op) in subgraph.operators.enumerated() {
        let place = "subgraph \(index), operator \(number) (\(op.operation.name))"
        let check = OperatorCheck(network: subgraphs, subgraph: subgraph, op: op, place: place)
        let callsDynamic = !dynamicSubgraphs.isDisjoint(with: op.operation.callees)
        if try !types.check(check, callsDynamic: callsDynamic) {
          places.append(place)
          dynamicSubgraphs.insert(index)
        }
        try variables.check(op, in: subgraph, handles: handles, place: place)
      }
    }
    return places
  }

  /// Computed tensors that a network may have in all: planning memory is quadratic in them.
  public static var mostComputedTensors: Int { 16_384 }

  private func checkSize() throws(ModelError) {
    let count = subgraphs.reduce(0) { sum, subgraph in
      sum + subgraph.tensors.indices.count(where: subgraph.isInArena)
    }
    guard count <= Self.mostComputedTensors else {
      throw ModelError(
        place: "network", found: "\(count) computed tensors",
        expected: "at most \(Self.mostComputedTensors)")
    }
  }
}

/// Which tensors' stated shapes are those that running will give.
private struct TypeFlow {
  private var unknown: Set<Int> = []

  /// - Returns: whether the types of the outputs are known.
  mutating func check(_ check: OperatorCheck, callsDynamic: Bool) throws(ModelError) -> Bool {
    let op = check.op
    try check.checkOperands()
    let isUnknown = callsDynamic || op.inputs.contains { $0.map(unknown.contains) ?? false }
    guard let types = isUnknown ? nil : try check.inferredTypes() else {
      unknown.formUnion(op.outputs)
      return false
    }
    for (index, type) in types.enumerated() {
      guard check.output(index).type == type else {
        throw check.failure(
          found: "\(check.output(index).type) as output \(index)", expected: "\(type)")
      }
    }
    return true
  }
}

/// The subgraphs, each after those that it calls.
private struct CallOrder {
  private enum State { case new, open, done }

  private(set) var order: [Int] = []
  private let subgraphs: [Subgraph]
  private var states: [State]

  /// - Throws: when a call leads back to where it came from, or has the wrong operands.
  init(_ subgraphs: [Subgraph]) throws(ModelError) {
    self.subgraphs = subgraphs
    states = subgraphs.map { _ in .new }
    for index in subgraphs.indices { try visit(index) }
  }

  private mutating func visit(_ index: Int) throws(ModelError) {
    guard states[index] == .new else { return }
    states[index] = .open
    for (number, op) in subgraphs[index].operators.enumerated() {
      for callee in op.operation.callees {
        let place = "subgraph \(index), operator \(number) (\(op.operation.name))"
        try check(callee, op, place: place)
        try visit(callee)
      }
    }
    states[index] = .done
    order.append(index)
  }

  private func check(_ callee: Int, _ op: Operator, place: String) throws(ModelError) {
    guard callee > 0, callee < subgraphs.count, states[callee] != .open else {
      throw ModelError(
        place: place, found: "a call of subgraph \(callee)",
        expected: "one of \(subgraphs.count - 1) subgraphs after the entry that does not call back"
      )
    }
    guard case .callOnce = op.operation else { return }
    guard subgraphs[callee].inputs.isEmpty, subgraphs[callee].outputs.isEmpty else {
      throw ModelError(
        place: place, found: "operands of subgraph \(callee)", expected: "none for CALL_ONCE")
    }
  }
}

/// Which tensors have a value when, within one subgraph.
struct DataFlow {
  private let subgraph: Subgraph
  private let place: String
  private var isAvailable: [Bool]

  init(_ subgraph: Subgraph, place: String) {
    self.subgraph = subgraph
    self.place = place
    isAvailable = subgraph.tensors.map { $0.constant != nil || $0.isVariable }
  }

  func validate() throws(ModelError) {
    var flow = self
    for input in subgraph.inputs {
      try flow.write(input, place: "\(place), input")
      try checkIsNoHandle(input, place: "\(place), input")
    }
    for (number, op) in subgraph.operators.enumerated() {
      let opPlace = "\(place), operator \(number) (\(op.operation.name))"
      for input in op.inputs {
        if let input { try flow.read(input, place: opPlace) }
      }
      for output in op.outputs { try flow.write(output, place: opPlace) }
      for intermediate in op.intermediates { try check(intermediate, place: opPlace) }
    }
    for output in subgraph.outputs {
      try flow.read(output, place: "\(place), output")
      try checkIsNoHandle(output, place: "\(place), output")
    }
  }

  /// Handles name variables and hold no elements.
  private func checkIsNoHandle(_ tensor: Int, place: String) throws(ModelError) {
    guard subgraph.tensors[tensor].elementType != .resource else {
      throw ModelError(
        place: place, found: "tensor \(tensor), a variable's handle", expected: "elements")
    }
  }

  private func check(_ tensor: Int, place: String) throws(ModelError) {
    guard subgraph.tensors.indices.contains(tensor) else {
      throw ModelError(
        place: place, found: "tensor \(tensor)",
        expected: "one of \(subgraph.tensors.count) tensors")
    }
  }

  private func read(_ tensor: Int, place: String) throws(ModelError) {
    try check(tensor, place: place)
    guard isAvailable[tensor] else {
      throw ModelError(
        place: place, found: "tensor \(tensor) without a value",
        expected: "a constant, an input, or what an earlier operator wrote")
    }
  }

  private mutating func write(_ tensor: Int, place: String) throws(ModelError) {
    try check(tensor, place: place)
    guard !isAvailable[tensor] else {
      throw ModelError(
        place: place, found: "a second value for tensor \(tensor)", expected: "one writer")
    }
    isAvailable[tensor] = true
  }
}

/// Resource variables: every use of a name agrees on element type and shape.
struct VariableTable {
  private var types: [String: (ElementType, Shape)] = [:]

  mutating func check(
    _ op: Operator, in subgraph: Subgraph, handles: [Int: String], place: String
  ) throws(ModelError) {
    let value: Int?
    switch op.operation {
    case .readVariable: value = op.outputs[0]
    case .assignVariable: value = op.inputs[1]
    default: return
    }
    guard let handle = op.inputs[0], let name = handles[handle],
      let value
    else {
      throw ModelError(
        place: place, found: "a handle that no VAR_HANDLE wrote", expected: "a variable's handle")
    }
    let tensor = subgraph.tensors[value]
    let known = types[name] ?? (tensor.elementType, tensor.shape)
    guard known == (tensor.elementType, tensor.shape) else {
      throw ModelError(
        place: place, found: "variable \(name) as \(tensor.elementType) \(tensor.shape)",
        expected: "\(known.0) \(known.1), as elsewhere")
    }
    types[name] = known
  }
}

extension Subgraph {
  /// The variable of each handle; a search for each use would make hostile files quadratic.
  public func variableNames() -> [Int: String] {
    var names: [Int: String] = [:]
    for op in operators {
      if case .varHandle(let name) = op.operation {
        for output in op.outputs { names[output] = name }
      }
    }
    return names
  }
}
