import NeuralNetworks

extension ExecutionPlan {
  /// Whether samples may run together: nothing is kept from one to the next.
  public var takesBatches: Bool {
    variableBytes == 0
      && subgraphs[0].operators.allSatisfy { op in
        if case .nothing = op.action { return true }
        guard case .kernel = op.action else { return false }
        return (op.inputs.compactMap { $0 } + op.outputs).allSatisfy { $0.memory != .variables }
      }
  }

  /// A batch size at which weights are used for many samples while activations stay in the
  /// processor's cache.
  public var preferredBatchSize: Int {
    guard takesBatches else { return 1 }
    let cacheBytes = 96 * 1024
    return max(1, min(64, cacheBytes / max(arenaBytes, 1)))
  }

  /// Bytes that the hungriest kernel asks for.
  func scratchBytes(batchSize: Int) -> Int {
    subgraphs.flatMap(\.operators).reduce(0) { largest, op in
      guard case .kernel(let kernel) = op.action else { return largest }
      return max(largest, kernel.scratchBytes(kernel.takesBatches ? batchSize : 1))
    }
  }
}
