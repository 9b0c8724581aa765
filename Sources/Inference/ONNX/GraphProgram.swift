import NeuralNetworks

/// Where a node is. Graphs are numbered from the outermost, 0, inner ones as their nodes come.
struct ONNXNodeID: Sendable, Hashable {
  var graph: Int
  var index: Int
}

/// A graph made ready to run: every name is a slot, every operator a function.
///
/// The slots of all graphs of a model are numbered together, as no graph runs inside itself.
struct GraphProgram: Sendable {
  struct Named: Sendable {
    var name: String
    var program: GraphProgram
  }

  struct Step: Sendable {
    var node: ONNXNode
    var id: ONNXNodeID
    var version: Int
    var body: OperatorBody
    var inputs: [Int?]
    var outputs: [Int?]
    /// Slots that no later step of this graph reads.
    var released: [Int]
    var graphs: [Named]

    /// For messages.
    var place: String {
      let label = node.name.isEmpty ? "" : " \"\(node.name)\""
      return "node \(id.index)\(label) (\(node.qualifiedOperator))"
    }
  }

  var inputs: [Int] = []
  var outputs: [Int] = []
  var constants: [(slot: Int, value: TensorValue)] = []
  var steps: [Step] = []
}
