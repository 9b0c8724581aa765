/// An operator that a model defines by nodes of its own (`FunctionProto`).
struct ONNXFunction {
  /// What a node calls it by.
  struct Name: Hashable {
    var domain = ""
    var type = ""
    var overload = ""
  }

  var name = Name()
  var inputs: [String] = []
  var outputs: [String] = []
  var nodes: [ONNXNode] = []
  /// Values of attributes that a call leaves out.
  var defaults: [ONNXAttribute] = []
  /// Versions of the operator sets that its nodes use, by domain.
  var operatorSets: [ONNXModel.OperatorSet] = []
}

/// One call of a function: what its names and attributes stand for in the graph that calls.
struct ONNXFunctionCall {
  private var names: [String: String] = [:]
  private let prefix: String
  private var attributes: [String: ONNXAttribute.Value] = [:]
  private let operatorSets: [ONNXModel.OperatorSet]
  /// Outputs that are inputs, or other outputs, under a second name.
  private(set) var copies: [ONNXNode] = []

  /// - Parameter number: makes names of inner values unlike those of other calls.
  init(_ function: ONNXFunction, _ node: ONNXNode, number: Int) {
    prefix = "\(function.name.type)#\(number)/"
    operatorSets = function.operatorSets
    for attribute in function.defaults + node.attributes {
      attributes[attribute.name] = attribute.value
    }
    for (index, name) in function.inputs.enumerated() {
      names[name] = index < node.inputs.count ? node.inputs[index] : ""
    }
    for (name, actual) in zip(function.outputs, node.outputs) where !actual.isEmpty {
      if let source = names[name] {
        copies.append(Self.identity(from: source, to: actual))
      } else {
        names[name] = actual
      }
    }
  }

  private static func identity(from source: String, to target: String) -> ONNXNode {
    var node = ONNXNode()
    node.operatorType = "Identity"
    (node.inputs, node.outputs) = ([source], [target])
    return node
  }

  /// A node of the function as one of the calling graph. O(its names).
  func node(_ inner: ONNXNode) -> ONNXNode {
    var node = inner
    node.name = prefix + inner.name
    node.inputs = inner.inputs.map(name)
    node.outputs = inner.outputs.map(name)
    node.version = operatorSets.first { $0.domain == inner.domain }?.version ?? inner.version
    node.attributes = inner.attributes.compactMap { attribute in
      value(attribute.value).map { ONNXAttribute(name: attribute.name, value: $0) }
    }
    return node
  }

  private func name(_ inner: String) -> String {
    inner.isEmpty ? "" : names[inner] ?? prefix + inner
  }

  /// Nil for a reference to an attribute that the call leaves out.
  private func value(_ value: ONNXAttribute.Value) -> ONNXAttribute.Value? {
    switch value {
    case .reference(let name): attributes[name]
    case .graph(let graph): .graph(self.graph(graph))
    default: value
    }
  }

  private func graph(_ inner: ONNXGraph) -> ONNXGraph {
    var graph = inner
    graph.nodes = inner.nodes.map(node)
    for index in graph.inputs.indices { graph.inputs[index].name = name(inner.inputs[index].name) }
    for index in graph.outputs.indices {
      graph.outputs[index].name = name(inner.outputs[index].name)
    }
    for index in graph.initializers.indices {
      graph.initializers[index].name = name(inner.initializers[index].name)
    }
    for index in graph.unreadable.indices {
      graph.unreadable[index].name = name(inner.unreadable[index].name)
    }
    return graph
  }
}
