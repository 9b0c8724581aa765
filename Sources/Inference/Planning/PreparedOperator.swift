import NeuralNetworks

/// What runs an operator, before it is known where its operands lie.
struct PreparedOperator: Sendable {
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
  /// Whether its result is a constant of the plan.
  let isFolded: Bool
  /// For messages.
  let place: String

  var kernelName: String {
    if case .kernel(let kernel) = action { kernel.name } else { "-" }
  }

  var packedBytes: Int {
    if case .kernel(let kernel) = action { kernel.packedBytes } else { 0 }
  }

  /// Whether its constants are read when it runs.
  var readsConstants: Bool {
    switch action {
    case .kernel(let kernel): kernel.readsConstants
    case .nothing: false
    default: true
    }
  }

  var sharing: OperandSharing {
    if case .kernel(let kernel) = action { kernel.sharing } else { .none }
  }

  /// By subgraph and operator.
  ///
  /// - Throws: `ModelError` with every operator that cannot be prepared.
  static func all(
    of network: Network, _ arithmetic: Arithmetic, _ kernels: KernelSelection
  ) throws(ModelError) -> [[PreparedOperator]] {
    var errors: [ModelError] = []
    var result: [[PreparedOperator]] = []
    for (index, subgraph) in network.subgraphs.enumerated() {
      var operators: [PreparedOperator] = []
      for (number, op) in subgraph.operators.enumerated() {
        let context = KernelContext(
          op: op, subgraph: subgraph, arithmetic: arithmetic, kernels: kernels,
          place: "subgraph \(index), operator \(number) (\(op.operation.name))",
          network: network.subgraphs)
        do throws(ModelError) { operators.append(try PreparedOperator(context)) } catch {
          errors.append(error)
        }
        context.releaseConstants()
      }
      result.append(operators)
    }
    if let error = ModelError(all: errors) { throw error }
    return result
  }

  /// - Throws: when there is no kernel for the element types, or a quantization is unusable.
  init(_ context: KernelContext) throws(ModelError) {
    let op = context.op
    place = context.place
    isFolded = op.isFoldable && context.output.constant != nil
    switch op.operation {
    case .varHandle: action = .nothing
    case _ where isFolded: action = .nothing
    case .callOnce(let callee): action = .callOnce(callee)
    case .conditional(let then, let otherwise):
      action = .conditional(then: then, otherwise: otherwise)
    case .whileLoop(let condition, let body):
      action = .loop(condition: condition, body: body)
    case .readVariable:
      action = Self.copy(context.output.byteCount, name: "read_variable_bytes_reference")
    case .assignVariable:
      action = Self.copy(context.input(1).byteCount, name: "assign_variable_bytes_reference")
    default: action = .kernel(try KernelTable.prepare(context))
    }
  }

  private static func copy(_ byteCount: Int, name: String) -> Action {
    .kernel(
      PreparedKernel(name: name) { operands in
        operands.output(as: UInt8.self).update(
          from: operands.input(0, as: UInt8.self), count: byteCount)
      })
  }
}

extension KernelContext {
  /// Whoever packed weights does not read the file again: a model then takes its size in memory
  /// once, and one operator's weights more.
  fileprivate func releaseConstants() {
    for case let input? in op.inputs {
      guard let constant = subgraph.tensors[input].constant else { continue }
      constant.stored.map { $0.file.releasePages(of: $0.range) }
    }
  }
}
