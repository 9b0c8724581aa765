/// Which gradients are needed, in which order they are written, and which values share memory.
struct GradientPlan {
  /// By value: the one whose memory holds it.
  var roots: [Int]
  /// By value.
  var hasGradient: [Bool]
  /// By node: whether its backward pass runs.
  var isActive: [Bool]
  /// By node and input: whether another reader has written the gradient before.
  var accumulates: [[Bool]]
  /// Elements of one sample of the largest gradient that is added to another.
  var spareCount = 0

  init(_ graph: TrainableNetwork, heads: [Int], kept: [Int]) {
    roots = Self.sharedMemory(graph, kept: Set(heads + kept))
    isActive = graph.nodes.map { _ in false }
    accumulates = graph.nodes.map { $0.inputs.map { _ in false } }
    hasGradient = graph.values.map { _ in false }
    guard !heads.isEmpty else { return }
    // Depends on anything that is trained.
    var isTrained = graph.values.map { _ in false }
    for node in graph.nodes {
      isTrained[node.output] =
        node.inputs.contains { isTrained[$0] }
        || node.parameters.contains { graph.parameters[$0].isTrained }
    }
    // By root.
    var written = Set(heads.map { roots[$0] })
    for (index, node) in graph.nodes.enumerated().reversed() {
      guard written.contains(roots[node.output]), isTrained[node.output] else { continue }
      isActive[index] = true
      for (place, value) in node.inputs.enumerated() where isTrained[value] {
        let root = roots[value]
        guard root != roots[node.output] else { continue }
        if written.contains(root) {
          accumulates[index][place] = true
          spareCount = max(spareCount, graph.values[value].count)
        }
        written.insert(root)
      }
    }
    hasGradient = graph.values.indices.map { written.contains(roots[$0]) && isTrained[$0] }
    for head in heads { hasGradient[roots[head]] = true }
  }

  /// Reshaped values share memory, and clamped ones when nobody else needs the operand.
  private static func sharedMemory(_ graph: TrainableNetwork, kept: Set<Int>) -> [Int] {
    var roots = Array(graph.values.indices)
    var readers = graph.values.map { _ in 0 }
    for node in graph.nodes { for value in node.inputs { readers[value] += 1 } }
    var maker: [Int: Node] = [:]
    for node in graph.nodes { maker[node.output] = node }
    for node in graph.nodes {
      guard let value = node.inputs.first else { continue }
      switch node.kind {
      case .reshape: roots[node.output] = roots[value]
      case .activation(let function):
        guard function.isClamp, readers[value] == 1, !kept.contains(value),
          value != graph.output, maker[value]?.forgetsItsOutput == true
        else { continue }
        roots[node.output] = roots[value]
      default: continue
      }
    }
    return roots
  }
}

extension Node {
  /// Whether the gradient does not need the output.
  fileprivate var forgetsItsOutput: Bool {
    switch kind {
    case .convolution, .depthwise, .dense, .batchNorm, .binary, .averagePool, .mean: true
    default: false
    }
  }
}
