import NeuralNetworks

extension OperatorCoverage {
  /// Every node of an ONNX model, those of inner graphs behind the node that they are of.
  ///
  /// An operator checks its operands when it gets them: what we lack of one that we have is known
  /// after a trial, and so are element types that the file does not state. O(model).
  public init(_ model: ONNXModel) {
    self.init(model: model.name, rows: [])
    var lister = NodeLister(model)
    lister.list(model.graph)
    rows = lister.rows
  }

  /// Runs the model and notes the types of every node that ran, and what the one lacks that failed.
  ///
  /// - Throws: `ModelError` of the node that failed.
  public mutating func trial(
    _ evaluator: ONNXEvaluator, _ inputs: [ONNXValue]
  ) throws(ModelError) {
    try evaluator.check(inputs)
    var types: [ONNXNodeID: (inputs: [String], outputs: [String])] = [:]
    let evaluation = evaluator.evaluation(of: inputs) { step, run in
      types[step.id] = (run.inputs.map(Self.type), run.outputs.map(Self.type))
    }
    defer {
      for index in rows.indices {
        guard let found = types[rows[index].id] else { continue }
        (rows[index].inputTypes, rows[index].outputTypes) = found
      }
    }
    do { _ = try evaluator.run(evaluation, inputs) } catch {
      for index in rows.indices where rows[index].id == evaluation.failed {
        rows[index].missing = "\(error.found), not \(error.expected)"
        rows[index].kernelName = nil
      }
      throw error
    }
  }

  private static func type(_ value: ONNXValue?) -> String {
    switch value {
    case nil: "-"
    case .tensor(let tensor): tensor.elementType.rawValue
    case .sequence: "sequence"
    case .nothing: "optional"
    }
  }
}

extension OperatorCoverage.Row {
  fileprivate var id: ONNXNodeID { ONNXNodeID(graph: subgraph, index: index) }
}

/// Lists nodes with the types that the file states.
private struct NodeLister {
  private let model: ONNXModel
  private var types: [String: String] = [:]
  private var graphCount = 0
  private(set) var rows: [OperatorCoverage.Row] = []

  init(_ model: ONNXModel) { self.model = model }

  mutating func list(_ graph: ONNXGraph) {
    let outer = types
    defer { types = outer }
    let number = graphCount
    graphCount += 1
    for info in graph.inputs + graph.outputs { types[info.name] = Self.type(info.type) }
    for tensor in graph.initializers { types[tensor.name] = tensor.elementType.rawValue }
    for constant in graph.unreadable { types[constant.name] = constant.problem.found }
    let unreadable = Set(graph.unreadable.map(\.name))
    for (index, node) in graph.nodes.enumerated() {
      var row = row(node, ONNXNodeID(graph: number, index: index))
      if let input = node.inputs.first(where: unreadable.contains), row.missing == nil {
        row.missing = "constants of \(type(input))"
        row.kernelName = nil
      }
      rows.append(row)
      for attribute in node.attributes {
        if case .graph(let graph) = attribute.value { list(graph) }
      }
    }
  }

  private func row(_ node: ONNXNode, _ id: ONNXNodeID) -> OperatorCoverage.Row {
    let isKnown = OperatorTable.body(of: node) != nil
    let domain = node.domain.isEmpty ? "ai.onnx" : node.domain
    let version = (node.version ?? model.version(ofDomain: node.domain)).map { " \($0)" } ?? ""
    return OperatorCoverage.Row(
      subgraph: id.graph, index: id.index, name: node.qualifiedOperator,
      inputTypes: node.inputs.map(type), outputTypes: node.outputs.map(type),
      kernelName: isKnown ? domain + version : nil, missing: isKnown ? nil : "the operator")
  }

  private func type(_ name: String) -> String { name.isEmpty ? "-" : types[name] ?? "?" }

  private static func type(_ kind: ONNXValueInfo.Kind) -> String {
    switch kind {
    case .tensor(let type, _): type.rawValue
    case .sequence: "sequence"
    case .optional: "optional"
    case .other(let name): name
    case .unknown: "?"
    }
  }
}
