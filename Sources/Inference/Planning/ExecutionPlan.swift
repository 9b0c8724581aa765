import NeuralNetworks

/// A network made ready to run: kernels chosen and prepared, every tensor placed.
///
/// Whatever can be wrong is found here; `Interpreter` runs without a check.
public struct ExecutionPlan: Sendable {
  public let network: Network
  public let arithmetic: Arithmetic
  public let kernels: KernelSelection
  /// The entry subgraph's arena as it is executed; steps of its lifetimes count along `order`.
  public let arena: ArenaPlan
  /// Operators of the entry subgraph in the order of execution.
  public let order: [Int]
  /// Bytes of the variables that outlive an invocation.
  public let variableBytes: Int
  /// What variables hold at first, where that is not 0.
  let variableFills: [VariableFill]
  /// The kernel of each operator of the entry subgraph; `-` where nothing runs.
  public let kernelNames: [String]
  /// Bytes of the weights that kernels packed for themselves, of all subgraphs.
  public let packedWeightBytes: Int
  /// Bytes of constants that were copied since the file misaligns them.
  public var copiedConstantBytes: Int { constants.copiedByteCount }

  /// Whether values can make an operator impossible, so that an invocation fails.
  public var mayFail: Bool { subgraphs.contains { $0.operators.contains(where: \.mayFail) } }

  /// What runs: the network without what never changes.
  let executed: Network
  let subgraphs: [SubgraphPlan]
  let constants: ConstantMemory
  /// Bytes of the arenas of all subgraphs, one after the other.
  let arenaBytes: Int

  /// Complexity: O(operands + preparation of the kernels), and that of `ArenaPlan`.
  ///
  /// - Parameters:
  ///   - stated: valid, as a reader gives it.
  ///   - kernels: which kernels run; results do not depend on it.
  ///   - reorder: whether operators of the entry subgraph may run in another order where that
  ///     lowers the arena's peak. Results stay the same.
  /// - Throws: `ModelError` with all operators that have no kernel for their element types or a
  ///   quantization that cannot be used; or when the arena is over the limit of `ArenaLimit`.
  public init(
    _ stated: Network, arithmetic: Arithmetic, kernels: KernelSelection = .best,
    reorder: Bool = false
  ) throws(ModelError) {
    try self.init(
      stated, arithmetic: arithmetic, kernels: kernels, reorder: reorder, inPlace: true)
  }

  /// - Parameter inPlace: false for the reference that plans with shared places are held against.
  init(
    _ stated: Network, arithmetic: Arithmetic, kernels selection: KernelSelection,
    reorder: Bool, inPlace: Bool
  ) throws(ModelError) {
    if let place = try stated.valueDependentOperators().first {
      throw ModelError(
        place: place, found: "an output whose shape depends on values",
        expected: "shapes that are known before anything runs")
    }
    // What the device does is in `stated`; what is run here may be less.
    let given = stated.withExpandedConstants()
    let network =
      selection == .reference ? given : given.withoutConstantChannels(arithmetic)
    try ArenaLimit.check(network)
    let prepared = try PreparedOperator.all(of: network, arithmetic, selection)
    let read = network.readTensors(prepared)
    let constants = ConstantMemory(network) { read[$0].contains($1) }
    let variables = VariablePlan(network)
    var plans: [SubgraphPlan] = []
    var (base, arenas) = (0, [ArenaPlan]())
    for index in network.subgraphs.indices {
      let layout = SubgraphLayout(
        network.subgraphs[index],
        sharing: prepared[index].map { inPlace ? $0.sharing : .none },
        isEntry: index == 0, reorder: reorder)
      let places = TensorPlaces(
        network: network, subgraph: index, constants: constants, variables: variables,
        arena: layout.arena, arenaBase: base)
      plans.append(
        SubgraphPlan(network.subgraphs[index], prepared[index], order: layout.order, places))
      arenas.append(layout.arena)
      base += layout.arena.peakBytes
    }
    self.network = stated
    executed = network
    self.arithmetic = arithmetic
    kernels = selection
    self.constants = constants
    arena = arenas[0]
    order = plans[0].order
    variableBytes = variables.byteCount
    variableFills = variables.fills
    subgraphs = plans
    kernelNames = prepared[0].map(\.kernelName)
    packedWeightBytes = prepared.joined().reduce(0) { $0 + $1.packedBytes }
    arenaBytes = base
  }
}

extension Network {
  /// Tensors of each subgraph that are read when it runs: operands of operators that have not taken
  /// what they need, and outputs.
  fileprivate func readTensors(_ prepared: [[PreparedOperator]]) -> [Set<Int>] {
    zip(subgraphs, prepared).map { subgraph, kernels in
      let readers = zip(subgraph.operators, kernels).filter { $1.readsConstants }
      return Set(readers.flatMap { $0.0.inputs.compactMap { $0 } } + subgraph.outputs)
    }
  }
}

/// The order of a subgraph's operators and the arena that follows from it.
private struct SubgraphLayout {
  var order: [Int]
  var arena: ArenaPlan

  init(_ subgraph: Subgraph, sharing: [OperandSharing], isEntry: Bool, reorder: Bool) {
    order = Array(subgraph.operators.indices)
    arena = ArenaPlan(subgraph, sharing: sharing, isSearched: isEntry)
    guard isEntry, reorder else { return }
    let other = OperatorOrder.search(subgraph)
    var permuted = subgraph
    permuted.operators = other.map { subgraph.operators[$0] }
    let otherArena = ArenaPlan(permuted, sharing: other.map { sharing[$0] }, isSearched: true)
    if otherArena.peakBytes < arena.peakBytes { (order, arena) = (other, otherArena) }
  }
}

/// One subgraph, ready to run.
struct SubgraphPlan: Sendable {
  /// In the order of execution.
  let operators: [PlannedOperator]
  /// The index of each of them in the network.
  let order: [Int]
  let inputs: [TensorPlace]
  let outputs: [TensorPlace]

  init(
    _ subgraph: Subgraph, _ kernels: [PreparedOperator], order: [Int], _ places: TensorPlaces
  ) {
    self.order = order
    operators = order.map { PlannedOperator(subgraph.operators[$0], kernels[$0], places) }
    inputs = subgraph.inputs.map { places.place(of: $0) }
    outputs = subgraph.outputs.map { places.place(of: $0) }
  }
}

/// One operator, ready to run.
struct PlannedOperator: Sendable {
  let action: PreparedOperator.Action
  /// For messages.
  let place: String
  let inputs: [TensorPlace?]
  let outputs: [TensorPlace]

  /// Whether values of operands can make it impossible.
  var mayFail: Bool {
    switch action {
    case .kernel(let kernel): kernel.mayFail
    case .loop: true
    default: false
    }
  }

  init(_ op: Operator, _ prepared: PreparedOperator, _ places: TensorPlaces) {
    action = prepared.action
    place = prepared.place
    switch op.operation {
    case .varHandle, .callOnce: (inputs, outputs) = ([], [])
    case _ where prepared.isFolded: (inputs, outputs) = ([], [])
    case .readVariable:
      inputs = [places.variable(ofHandle: op.inputs[0])]
      outputs = [places.place(of: op.outputs[0])]
    case .assignVariable:
      inputs = [op.inputs[1].map { places.place(of: $0) }]
      outputs = [places.variable(ofHandle: op.inputs[0])]
    default:
      inputs = op.inputs.map { $0.map { places.place(of: $0) } }
      outputs = op.outputs.map { places.place(of: $0) }
    }
  }
}
