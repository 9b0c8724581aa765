extension Network {
  /// What one invocation asks of a device, operator by operator. O(operands).
  ///
  /// - Precondition: the network is valid.
  public func workload() -> NetworkWorkload {
    NetworkWorkload(operators: main.operators.map { main.workload(of: $0) })
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

  private func macs(of op: Operator) -> Int {
    switch op.operation {
    case .conv2D:
      let weights = shape(ofInput: 1, op)
      return tensors[op.outputs[0]].shape.elementCount * weights[1] * weights[2] * weights[3]
    case .depthwiseConv2D:
      let weights = shape(ofInput: 1, op)
      return tensors[op.outputs[0]].shape.elementCount * weights[1] * weights[2]
    case .fullyConnected:
      return tensors[op.outputs[0]].shape.elementCount * shape(ofInput: 1, op)[1]
    default:
      return 0
    }
  }

  private func operatorClass(of op: Operator) -> OperatorClass {
    switch op.operation {
    case .conv2D:
      let weights = shape(ofInput: 1, op)
      return weights[1] == 1 && weights[2] == 1 ? .pointwiseConvolution : .convolution
    default: return op.operation.definition.operatorClass
    }
  }
}
