extension Network {
  /// What one invocation asks of a device, operator by operator. O(operands), and that of
  /// `DeviceArena`.
  ///
  /// Operators of shapes that only running tells count no multiply-accumulates, unless what the
  /// file states fits them.
  ///
  /// - Precondition: the network is valid.
  public func workload() -> NetworkWorkload {
    NetworkWorkload(
      operators: main.operators.map { main.workload(of: $0) },
      arenaBytes: DeviceArena(self).peakBytes)
  }
}

extension Subgraph {
  fileprivate func workload(of op: Operator) -> OperatorWorkload {
    let inputs = op.inputs.compactMap { $0 }.map { tensors[$0] }
    let outputs = op.outputs.map { tensors[$0] }
    let constants = inputs.filter { $0.constant != nil }
    let activations = inputs.filter { $0.constant == nil && $0.elementType != .resource }
    return OperatorWorkload(
      name: op.operation.name, operatorClass: operatorClass(of: op),
      elementType: (activations.first ?? outputs.first)?.elementType ?? .resource,
      macs: macs(of: op), outputElements: outputs.reduce(0) { $0 + $1.shape.elementCount },
      weightBytes: constants.reduce(0) { $0 + $1.byteCount },
      inputBytes: activations.reduce(0) { $0 + $1.byteCount },
      outputBytes: outputs.reduce(0) { $0 + $1.byteCount })
  }

  private func shape(ofInput index: Int, _ op: Operator) -> Shape {
    op.inputs[index].map { tensors[$0].shape } ?? []
  }

  private func isConsistent(_ op: Operator) -> Bool {
    let check = OperatorCheck(network: [self], subgraph: self, op: op, place: "")
    return (try? check.inferredTypes()) != nil
  }

  private func macs(of op: Operator) -> Int {
    guard isConsistent(op) else { return 0 }
    switch op.operation {
    case .conv2D:
      let weights = shape(ofInput: 1, op)
      return tensors[op.outputs[0]].shape.elementCount * weights[1] * weights[2] * weights[3]
    case .depthwiseConv2D:
      let weights = shape(ofInput: 1, op)
      return tensors[op.outputs[0]].shape.elementCount * weights[1] * weights[2]
    case .fullyConnected:
      return tensors[op.outputs[0]].shape.elementCount * shape(ofInput: 1, op)[1]
    case .transposeConv2D:
      // Every input element meets the whole filter.
      let weights = shape(ofInput: 1, op)
      return shape(ofInput: 2, op).elementCount * weights[0] * weights[1] * weights[2]
    case .conv3D:
      let taps = shape(ofInput: 1, op).dimensions.dropLast().reduce(1, *)
      return tensors[op.outputs[0]].shape.elementCount * taps
    case .conv3DTranspose:
      let taps = shape(ofInput: 1, op).dimensions.dropLast().reduce(1, *)
      return shape(ofInput: 2, op).elementCount * taps
    case .batchMatMul(let attributes):
      let left = shape(ofInput: 0, op).dimensions
      let depth = attributes.transposesLeft ? left[left.count - 2] : left[left.count - 1]
      return tensors[op.outputs[0]].shape.elementCount * depth
    case .lstm, .unidirectionalSequenceLSTM, .bidirectionalSequenceLSTM, .rnn,
      .unidirectionalSequenceRNN, .bidirectionalSequenceRNN, .svdf:
      return recurrentMACs(of: op)
    default:
      return 0
    }
  }

  /// Every element of a weight matrix is used once in each step of each batch entry; vectors that
  /// are multiplied element by element are left out.
  private func recurrentMACs(of op: Operator) -> Int {
    let source = shape(ofInput: 0, op)
    let steps = source.dimensions.dropLast().reduce(1, *)
    let matrices = op.inputs.indices.dropFirst().filter { index in
      guard let tensor = op.inputs[index] else { return false }
      return tensors[tensor].shape.rank == 2 && !tensors[tensor].isVariable
        && tensors[tensor].constant != nil
    }
    return matrices.reduce(0) { $0 + shape(ofInput: $1, op).elementCount } * steps
  }

  private func operatorClass(of op: Operator) -> OperatorClass {
    switch op.operation {
    case .conv2D:
      let filter = shape(ofInput: 1, op).dimensions.dropFirst().prefix(2)
      return filter.allSatisfy { $0 == 1 } ? .pointwiseConvolution : .convolution
    default: return op.operation.definition.operatorClass
    }
  }
}
