extension Network {
  /// Checks that the network can be planned and run: indices in range, operands written before
  /// they are read, element types and shapes that fit together.
  ///
  /// After this an executor may trust every index, extent and constant of the network; what is
  /// left to it are quantization parameters, and which element types it has kernels for.
  /// O(tensors + operands).
  ///
  /// - Throws: `ModelError` with subgraph and operator.
  public func validate() throws(ModelError) {
    try checkSize()
    var variables = VariableTable()
    for (index, subgraph) in subgraphs.enumerated() {
      for (number, tensor) in subgraph.tensors.enumerated() {
        try tensor.validate(place: "subgraph \(index), tensor \(number)")
      }
      try DataFlow(subgraph, place: "subgraph \(index)").validate()
      let handles = subgraph.variableNames()
      for (number, op) in subgraph.operators.enumerated() {
        let place = "subgraph \(index), operator \(number) (\(op.operation.name))"
        try OperatorCheck(subgraph: subgraph, op: op, place: place).validate()
        try validateCall(op, from: index, place: place)
        try variables.check(op, in: subgraph, handles: handles, place: place)
      }
    }
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

  /// A subgraph that is called has no operands and calls no other: so no call comes back.
  private func validateCall(
    _ op: Operator, from caller: Int, place: String
  ) throws(ModelError) {
    guard case .callOnce(let callee) = op.operation else { return }
    guard caller == 0, callee > 0, callee < subgraphs.count else {
      throw ModelError(
        place: place, found: "a call of subgraph \(callee) from \(caller)",
        expected: "a call from the entry to one of \(subgraphs.count - 1) other subgraphs")
    }
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
