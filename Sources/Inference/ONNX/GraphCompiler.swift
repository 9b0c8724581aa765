import NeuralNetworks

/// Resolves the names of a model's graphs. Finds everything unsupported before anything runs.
struct GraphCompiler {
  private let model: ONNXModel
  /// Names of the graphs around and of the graph itself, outermost first.
  private var scopes: [[String: Int]] = []
  private(set) var slotCount = 0
  private var graphCount = 0
  /// `node 3 (Foo)`, in the order of the file.
  private(set) var unsupported: [String] = []
  /// What is wrong with constants that we cannot hold.
  private(set) var unreadable: [ModelError] = []

  init(_ model: ONNXModel) { self.model = model }

  /// - Throws: at a name that nothing defines or that two things define. O(names).
  mutating func compile(_ graph: ONNXGraph) throws(ModelError) -> GraphProgram {
    scopes.append([:])
    defer { scopes.removeLast() }
    let number = graphCount
    graphCount += 1
    var program = GraphProgram()
    for constant in graph.unreadable {
      _ = try define(constant.name)
      unreadable.append(constant.problem)
    }
    for tensor in graph.initializers {
      program.constants.append((try define(tensor.name), TensorValue(tensor)))
    }
    let constants = graph.constantNames
    for input in graph.inputs where !constants.contains(input.name) {
      program.inputs.append(try define(input.name))
    }
    for (index, node) in graph.nodes.enumerated() {
      let id = ONNXNodeID(graph: number, index: index)
      do { program.steps.append(try step(node, id)) } catch {
        throw error.inside("node \(index) (\(node.qualifiedOperator))")
      }
    }
    for output in graph.outputs {
      program.outputs.append(try resolve(output.name, place: "graph output"))
    }
    release(&program)
    return program
  }

  /// An unsupported operator gets any body: its program never runs.
  private mutating func step(
    _ node: ONNXNode, _ id: ONNXNodeID
  ) throws(ModelError) -> GraphProgram.Step {
    var body: OperatorBody = ShapeOperators.identity
    if let supported = OperatorTable.body(of: node) {
      body = supported
    } else {
      let path = scopes.count > 1 ? "inner graph, " : ""
      unsupported.append("\(path)node \(id.index) (\(node.qualifiedOperator))")
    }
    var inputs: [Int?] = []
    for (number, name) in node.inputs.enumerated() {
      inputs.append(name.isEmpty ? nil : try resolve(name, place: "input \(number)"))
    }
    var graphs: [GraphProgram.Named] = []
    for attribute in node.attributes {
      if case .graph(let graph) = attribute.value {
        do { graphs.append(.init(name: attribute.name, program: try compile(graph))) } catch {
          throw error.inside("attribute \"\(attribute.name)\"")
        }
      }
    }
    var outputs: [Int?] = []
    for name in node.outputs { outputs.append(name.isEmpty ? nil : try define(name)) }
    return GraphProgram.Step(
      node: node, id: id, version: try version(of: node),
      body: body, inputs: inputs, outputs: outputs,
      released: [], graphs: graphs)
  }

  private func version(of node: ONNXNode) throws(ModelError) -> Int {
    if let version = node.version ?? model.version(ofDomain: node.domain) { return version }
    guard node.domain.isEmpty else { return 1 }
    throw ModelError(
      place: "operator set", found: "no version of it in the model", expected: "opset_import")
  }

  private mutating func define(_ name: String) throws(ModelError) -> Int {
    guard !name.isEmpty, scopes[scopes.count - 1][name] == nil else {
      throw ModelError(
        place: "value \"\(name)\"", found: "a second definition", expected: "one for each name")
    }
    defer { slotCount += 1 }
    scopes[scopes.count - 1][name] = slotCount
    return slotCount
  }

  private func resolve(_ name: String, place: String) throws(ModelError) -> Int {
    for scope in scopes.reversed() {
      if let slot = scope[name] { return slot }
    }
    throw ModelError(
      place: place, found: "\"\(name)\", which nothing before defines",
      expected: "an input, an initializer or an earlier node's output")
  }

  /// Notes after which step each of the graph's own values is not needed any more.
  private func release(_ program: inout GraphProgram) {
    var lastUse: [Int: Int] = [:]
    let own = Set(program.inputs + program.steps.flatMap { $0.outputs.compactMap { $0 } })
    for (index, step) in program.steps.enumerated() {
      for slot in step.outputs { if let slot { lastUse[slot] = index } }
      for slot in Self.reads(of: step) where own.contains(slot) { lastUse[slot] = index }
    }
    let kept = Set(program.outputs)
    for (slot, index) in lastUse.sorted(by: { $0.key < $1.key }) where !kept.contains(slot) {
      program.steps[index].released.append(slot)
    }
  }

  /// Slots that a step reads, those that its graphs take from outside included.
  private static func reads(of step: GraphProgram.Step) -> [Int] {
    step.inputs.compactMap { $0 }
      + step.graphs.flatMap { graph in
        graph.program.outputs + graph.program.steps.flatMap { reads(of: $0) }
      }
  }
}
