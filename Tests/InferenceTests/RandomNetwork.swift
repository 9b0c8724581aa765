import NeuralNetworks

/// Seeded float networks of many branches: ADD, LOGISTIC, SOFTMAX and RESHAPE over a few shapes.
struct RandomNetwork {
  private var random: SplitMix
  private var subgraph = Subgraph(name: "main", tensors: [], inputs: [], outputs: [], operators: [])
  private static let shapes: [Shape] = [[4, 6], [24], [3, 8], [40], [5, 8]]

  init(seed: UInt64) { random = SplitMix(state: seed) }

  private mutating func below(_ bound: Int) -> Int { Int(random.next() % UInt64(bound)) }

  private mutating func add(_ shape: Shape) -> Int {
    subgraph.tensors.append(
      Tensor(name: "t\(subgraph.tensors.count)", elementType: .float32, shape: shape))
    return subgraph.tensors.count - 1
  }

  private mutating func addOperator() {
    let source = below(subgraph.tensors.count)
    let shape = subgraph.tensors[source].shape
    let partners = subgraph.tensors.indices.filter { subgraph.tensors[$0].shape == shape }
    let others = Self.shapes.filter { $0.elementCount == shape.elementCount }
    switch below(5) {
    case 0, 1:
      let partner = partners[below(partners.count)]
      let output = add(shape)
      subgraph.operators.append(
        Operator(
          operation: .binary(.add, activation: .none), inputs: [source, partner], outputs: [output])
      )
    case 2:
      let shape = others[below(others.count)]
      let output = add(shape)
      subgraph.operators.append(
        Operator(
          operation: .reshape(shape: shape.dimensions), inputs: [source], outputs: [output]))
    case 3:
      let output = add(shape)
      subgraph.operators.append(
        Operator(operation: .softmax(beta: 1), inputs: [source], outputs: [output]))
    default:
      let output = add(shape)
      subgraph.operators.append(
        Operator(operation: .logistic, inputs: [source], outputs: [output]))
    }
  }

  /// - Parameter operatorCount: each reads tensors of any age.
  mutating func network(operatorCount: Int) -> Network {
    subgraph.inputs = [add([4, 6]), add([40])]
    for _ in 0..<operatorCount { addOperator() }
    let read = Set(subgraph.operators.flatMap { $0.inputs.compactMap { $0 } })
    // Not all that nobody reads: some results are dropped, as in real files.
    subgraph.outputs = subgraph.tensors.indices.filter { !read.contains($0) && $0 % 4 != 3 }
    if subgraph.outputs.isEmpty { subgraph.outputs = [subgraph.tensors.count - 1] }
    return Network(name: "random", subgraphs: [subgraph], fileByteCount: 0)
  }
}
