/// Puts the nodes of a model's own functions where they are called.
///
/// Functions may call functions, so that a small file can stand for a large graph: what is made is
/// bounded by the file's size.
struct ONNXInliner {
  /// Calls in calls: more would be a stack overflow's size.
  private static let maximumDepth = 32

  private let functions: [ONNXFunction.Name: ONNXFunction]
  private var budget: ReadBudget
  private var callCount = 0
  /// Functions whose nodes are being put in place.
  private var calls: [ONNXFunction.Name] = []

  /// - Throws: when two functions have one name.
  init(_ functions: [ONNXFunction], fileByteCount: Int) throws(ModelError) {
    var byName: [ONNXFunction.Name: ONNXFunction] = [:]
    for function in functions {
      guard byName.updateValue(function, forKey: function.name) == nil else {
        throw ModelError(
          place: "functions", found: "\(function.name.type) twice", expected: "each once")
      }
    }
    self.functions = byName
    budget = ReadBudget(fileByteCount: fileByteCount)
  }

  /// - Throws: when a function calls itself, or what is made goes beyond the budget. O(result).
  mutating func inlined(_ graph: ONNXGraph) throws(ModelError) -> ONNXGraph {
    guard !functions.isEmpty else { return graph }
    var result = graph
    result.nodes = []
    for (index, node) in graph.nodes.enumerated() {
      do { try append(node, to: &result.nodes) } catch {
        throw calls.isEmpty ? error.inside("node \(index)") : error
      }
    }
    return result
  }

  private mutating func append(
    _ node: ONNXNode, to nodes: inout [ONNXNode]
  ) throws(ModelError) {
    guard let function = functions[node.functionName] else {
      var node = node
      for (index, attribute) in node.attributes.enumerated() {
        guard case .graph(let graph) = attribute.value else { continue }
        node.attributes[index].value = .graph(try inlined(graph))
      }
      return nodes.append(node)
    }
    guard !calls.contains(function.name), calls.count < Self.maximumDepth else {
      throw ModelError(
        place: "function \(function.name.type)", found: "calls of itself, or in calls too deep",
        expected: "at most \(Self.maximumDepth) calls in each other")
    }
    calls.append(function.name)
    defer { calls.removeLast() }
    callCount += 1
    let call = ONNXFunctionCall(function, node, number: callCount)
    for inner in function.nodes {
      let placed = call.node(inner)
      try budget.spend(bytes: placed.memory, place: "function \(function.name.type)")
      try append(placed, to: &nodes)
    }
    nodes += call.copies
  }
}

extension ONNXNode {
  fileprivate var functionName: ONNXFunction.Name {
    ONNXFunction.Name(domain: domain, type: operatorType, overload: overload)
  }

  /// Bytes that it takes beside constants, about.
  fileprivate var memory: Int {
    let names = (inputs + outputs + [name]).reduce(256) { $0 + 48 + $1.utf8.count }
    return attributes.reduce(names) { sum, attribute in
      guard case .graph(let graph) = attribute.value else { return sum + 64 }
      let values = graph.inputs.count + graph.outputs.count + graph.initializers.count
      return graph.nodes.reduce(sum + 256 * (values + 1)) { $0 + $1.memory }
    }
  }
}
