import NeuralNetworks

/// A network made ready to run: kernels chosen and prepared, every tensor placed.
///
/// Whatever can be wrong is found here; `Interpreter` runs without a check.
public struct ExecutionPlan: Sendable {
  public let network: Network
  public let arithmetic: Arithmetic
  public let kernels: KernelSelection
  /// The entry subgraph's arena, as the device has it.
  public let arena: ArenaPlan
  /// Bytes of the variables that outlive an invocation.
  public let variableBytes: Int
  /// The kernel of each operator of the entry subgraph; `-` where nothing runs.
  public let kernelNames: [String]
  /// Bytes of the weights that kernels packed for themselves, of all subgraphs.
  public let packedWeightBytes: Int

  /// Whether values can make an operator impossible, so that an invocation fails.
  public var mayFail: Bool { subgraphs.contains { $0.operators.contains(where: \.mayFail) } }

  /// What runs: the network without what never changes.
  let executed: Network
  let subgraphs: [SubgraphPlan]
  let constants: ConstantMemory
  /// Bytes of the arenas of all subgraphs, one after the other.
  let arenaBytes: Int

  /// O(operators² + constants).
  ///
  /// - Parameter network: valid, as a reader gives it.
  /// - Parameter kernels: which kernels run; results do not depend on it.
  /// - Throws: `ModelError` when an operator has no kernel for its element types, or a quantization
  ///   cannot be used.
  public init(
    _ network: Network, arithmetic: Arithmetic, kernels: KernelSelection = .best
  ) throws(ModelError) {
    if let place = try network.valueDependentOperators().first {
      throw ModelError(
        place: place, found: "an output whose shape depends on values",
        expected: "shapes that are known before anything runs")
    }
    // What the device does is in `network`; what is run here may be less.
    let given = network
    let network =
      kernels == .reference ? given : given.withoutConstantChannels(arithmetic)
    let constants = ConstantMemory(network)
    let variables = VariablePlan(network)
    var arenas: [ArenaPlan] = []
    var plans: [SubgraphPlan] = []
    var base = 0
    for index in network.subgraphs.indices {
      let arena = ArenaPlan(placing: network.subgraphs[index].arenaRequests)
      let places = TensorPlaces(
        network: network, subgraph: index, constants: constants, variables: variables,
        arena: arena, arenaBase: base)
      plans.append(try SubgraphPlan(network, index: index, arithmetic, kernels, places))
      arenas.append(arena)
      base += arena.peakBytes
    }
    self.network = given
    executed = network
    self.arithmetic = arithmetic
    self.kernels = kernels
    self.constants = constants
    arena =
      kernels == .reference
      ? arenas[0] : ArenaPlan(placing: given.subgraphs[0].arenaRequests)
    variableBytes = variables.byteCount
    subgraphs = plans
    kernelNames = plans[0].operators.map(\.kernelName)
    packedWeightBytes = plans.flatMap(\.operators).reduce(0) { $0 + $1.packedBytes }
    arenaBytes = base
  }
}

/// One subgraph, ready to run.
struct SubgraphPlan: Sendable {
  let operators: [PlannedOperator]
  let inputs: [TensorPlace]
  let outputs: [TensorPlace]

  init(
    _ network: Network, index: Int, _ arithmetic: Arithmetic, _ kernels: KernelSelection,
    _ places: TensorPlaces
  ) throws(ModelError) {
    let subgraph = network.subgraphs[index]
    var operators: [PlannedOperator] = []
    for (number, op) in subgraph.operators.enumerated() {
      let context = KernelContext(
        op: op, subgraph: subgraph, arithmetic: arithmetic, kernels: kernels,
        place: "subgraph \(index), operator \(number) (\(op.operation.name))",
        network: network.subgraphs)
      operators.append(try PlannedOperator(context, places))
    }
    self.operators = operators
    inputs = subgraph.inputs.map { places.place(of: $0) }
    outputs = subgraph.outputs.map { places.place(of: $0) }
  }
}

/// One operator, ready to run.
struct PlannedOperator: Sendable {
  enum Action: Sendable {
    case kernel(PreparedKernel)
    /// Runs a subgraph unless it has run before.
    case callOnce(Int)
    /// Runs one of two subgraphs; the first operand tells.
    case conditional(then: Int, otherwise: Int)
    /// Runs a subgraph on the state for as long as another says so; the state is the outputs.
    case loop(condition: Int, body: Int)
    case nothing
  }

  let action: Action
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

  var kernelName: String {
    if case .kernel(let kernel) = action { kernel.name } else { "-" }
  }

  var packedBytes: Int {
    if case .kernel(let kernel) = action { kernel.packedBytes } else { 0 }
  }

  init(_ context: KernelContext, _ places: TensorPlaces) throws(ModelError) {
    let op = context.op
    place = context.place
    switch op.operation {
    case .varHandle:
      (action, inputs, outputs) = (.nothing, [], [])
    case .callOnce(let subgraph):
      (action, inputs, outputs) = (.callOnce(subgraph), [], [])
    case .conditional(let then, let otherwise):
      action = .conditional(then: then, otherwise: otherwise)
      inputs = op.inputs.map { $0.map { places.place(of: $0) } }
      outputs = op.outputs.map { places.place(of: $0) }
    case .whileLoop(let condition, let body):
      action = .loop(condition: condition, body: body)
      inputs = op.inputs.map { $0.map { places.place(of: $0) } }
      outputs = op.outputs.map { places.place(of: $0) }
    case .readVariable:
      inputs = [places.variable(ofHandle: op.inputs[0])]
      outputs = [places.place(of: op.outputs[0])]
      action = Self.copy(byteCount: outputs[0].byteCount, name: "read_variable_bytes_reference")
    case .assignVariable:
      inputs = [op.inputs[1].map { places.place(of: $0) }]
      outputs = [places.variable(ofHandle: op.inputs[0])]
      action = Self.copy(byteCount: outputs[0].byteCount, name: "assign_variable_bytes_reference")
    default:
      action = .kernel(try KernelTable.prepare(context))
      inputs = op.inputs.map { $0.map { places.place(of: $0) } }
      outputs = op.outputs.map { places.place(of: $0) }
    }
  }

  private static func copy(byteCount: Int, name: String) -> Action {
    .kernel(
      PreparedKernel(name: name) { operands in
        operands.output(as: UInt8.self).update(
          from: operands.input(0, as: UInt8.self), count: byteCount)
      })
  }
}
