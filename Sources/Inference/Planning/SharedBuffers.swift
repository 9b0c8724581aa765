import NeuralNetworks

/// Tensors of a subgraph joined where one may lie at the place of another.
///
/// Joined tensors have equal sizes, so that at no step more bytes are needed than without, and the
/// samples of a batch lie alike.
struct SharedBuffers {
  /// The joined buffers, by their first tensor.
  private(set) var buffers: [ArenaBuffer]
  /// The buffer of each tensor; nil outside the arena.
  private(set) var bufferOfTensor: [Int?]
  /// By buffer: whether a result of the subgraph lies there, which is read after the last operator.
  private var isResult: [Bool]

  /// Every tensor on its own. O(operands).
  init(_ subgraph: Subgraph) {
    buffers = subgraph.arenaBuffers
    bufferOfTensor = Array(repeating: nil, count: subgraph.tensors.count)
    isResult = Array(repeating: false, count: buffers.count)
    for (index, buffer) in buffers.enumerated() { bufferOfTensor[buffer.tensor] = index }
    for output in subgraph.outputs {
      if let buffer = bufferOfTensor[output] { isResult[buffer] = true }
    }
  }

  /// Joined as the kernels allow. O(operands).
  ///
  /// - Parameter sharing: of the kernel of each operator.
  init(_ subgraph: Subgraph, sharing: [OperandSharing]) {
    self.init(subgraph)
    for (step, op) in subgraph.operators.enumerated() where op.outputs.count == 1 {
      switch sharing[step] {
      case .none: break
      case .alias: join(output: op.outputs[0], to: op.inputs[0])
      case .inPlace:
        let output = subgraph.tensors[op.outputs[0]]
        let input = op.inputs.first { input in
          guard let input else { return false }
          let tensor = subgraph.tensors[input]
          return tensor.shape == output.shape
            && tensor.elementType.bitWidth == output.elementType.bitWidth
            && isRead(input, lastAt: step)
        }
        join(output: op.outputs[0], to: input ?? nil)
      }
    }
    removeJoined()
  }

  private func isRead(_ tensor: Int, lastAt step: Int) -> Bool {
    guard let buffer = bufferOfTensor[tensor] else { return false }
    return buffers[buffer].lifetime.upperBound == step && !isResult[buffer]
  }

  private mutating func join(output: Int, to input: Int?) {
    guard let input, let target = bufferOfTensor[input], let source = bufferOfTensor[output],
      target != source, buffers[target].byteCount == buffers[source].byteCount
    else { return }
    let last = max(buffers[target].lifetime.upperBound, buffers[source].lifetime.upperBound)
    buffers[target].lifetime = buffers[target].lifetime.lowerBound...last
    isResult[target] = isResult[target] || isResult[source]
    bufferOfTensor[output] = target
  }

  /// Closes the gaps that joined buffers leave.
  private mutating func removeJoined() {
    var newIndex = [Int?](repeating: nil, count: buffers.count)
    var kept: [ArenaBuffer] = []
    for (tensor, buffer) in bufferOfTensor.enumerated() {
      guard let buffer else { continue }
      if newIndex[buffer] == nil {
        newIndex[buffer] = kept.count
        kept.append(buffers[buffer])
      }
      bufferOfTensor[tensor] = newIndex[buffer]
    }
    buffers = kept
  }
}
