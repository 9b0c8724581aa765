import NeuralNetworks

/// What runs an operator, before it is known where its operands lie.
struct PreparedOperator: Sendable {
  enum Action: Sendable {
    case kernel(KernelBody)
    /// Runs a subgraph unless it has run before.
    case callOnce(Int)
    case nothing
  }

  let kernelName: String
  let action: Action
  let sharing: OperandSharing

  /// By subgraph and operator.
  ///
  /// - Throws: `ModelError` with every operator that cannot be prepared.
  static func all(
    of network: Network, _ arithmetic: Arithmetic
  ) throws(ModelError) -> [[PreparedOperator]] {
    var errors: [ModelError] = []
    var result: [[PreparedOperator]] = []
    for (index, subgraph) in network.subgraphs.enumerated() {
      var operators: [PreparedOperator] = []
      for (number, op) in subgraph.operators.enumerated() {
        let context = KernelContext(
          op: op, subgraph: subgraph, arithmetic: arithmetic,
          place: "subgraph \(index), operator \(number) (\(op.operation.name))")
        do throws(ModelError) { operators.append(try PreparedOperator(context)) } catch {
          errors.append(error)
        }
      }
      result.append(operators)
    }
    if let error = ModelError(all: errors) { throw error }
    return result
  }

  /// - Throws: when there is no kernel for the element types, or a quantization is unusable.
  init(_ context: KernelContext) throws(ModelError) {
    let op = context.op
    switch op.operation {
    case .varHandle: (kernelName, action, sharing) = ("-", .nothing, .none)
    case .callOnce(let callee): (kernelName, action, sharing) = ("-", .callOnce(callee), .none)
    case .readVariable:
      action = Self.copy(byteCount: context.output.byteCount)
      (kernelName, sharing) = ("read_variable_bytes_reference", .none)
    case .assignVariable:
      action = Self.copy(byteCount: context.input(1).byteCount)
      (kernelName, sharing) = ("assign_variable_bytes_reference", .none)
    default:
      let (kernel, body) = try KernelTable.prepare(context)
      (kernelName, action, sharing) = (kernel.name, .kernel(body), kernel.sharing)
    }
  }

  private static func copy(byteCount: Int) -> Action {
    .kernel { operands in
      operands.output(as: UInt8.self).update(
        from: operands.input(0, as: UInt8.self), count: byteCount)
    }
  }
}
