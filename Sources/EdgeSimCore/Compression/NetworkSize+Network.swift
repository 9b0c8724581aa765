import NeuralNetworks

extension NetworkSize {
  /// O(parameters).
  ///
  /// - Parameter fileBytes: of the network as it is written.
  init(_ network: Network, fileBytes: Int) {
    let workload = network.workload()
    let parameters = network.parameterTensors()
    self.init(
      fileBytes: fileBytes,
      parameterCount: parameters.reduce(0) { $0 + $1.shape.elementCount },
      zeroCount: parameters.reduce(0) { $0 + $1.zeroCount },
      macs: workload.macs,
      effectiveMACs: network.effectiveMACs(workload),
      arenaBytes: workload.arenaBytes)
  }
}

extension Network {
  /// Constants that operators read as numbers to compute with; shapes and axes are none.
  fileprivate func parameterTensors() -> [Tensor] {
    let indices = main.operators.flatMap { op in
      op.inputs.enumerated().compactMap { position, tensor in
        op.operation.parameterInputs.contains(position) ? nil : tensor
      }
    }
    return Set(indices).sorted().map { main.tensors[$0] }.filter { $0.constant != nil }
  }

  /// Each operator's multiply-accumulates, less the share of its weights that is zero.
  fileprivate func effectiveMACs(_ workload: NetworkWorkload) -> Int {
    zip(main.operators, workload.operators).reduce(0) { sum, pair in
      let (op, work) = pair
      guard work.macs > 0, let weights = op.weightTensor.map({ main.tensors[$0] }),
        weights.constant != nil, weights.shape.elementCount > 0
      else { return sum + work.macs }
      let kept = weights.shape.elementCount - weights.zeroCount
      return sum
        + Int(
          (Double(work.macs) * Double(kept) / Double(weights.shape.elementCount))
            .rounded())
    }
  }
}

extension Operator {
  /// The tensor of the weights that multiply activations, where there is one.
  fileprivate var weightTensor: Int? {
    switch operation {
    case .conv2D, .depthwiseConv2D, .fullyConnected, .conv3D, .transposeConv2D:
      inputs.count > 1 ? inputs[1] : nil
    default: nil
    }
  }
}

extension Tensor {
  /// Elements whose real value is zero: those stored as the zero point. O(elements).
  fileprivate var zeroCount: Int {
    guard let constant else { return 0 }
    switch elementType {
    case .float32: return constant.elements(as: UInt32.self).count { $0 & 0x7FFF_FFFF == 0 }
    case .float16: return constant.elements(as: UInt16.self).count { $0 & 0x7FFF == 0 }
    case .int8:
      let zero = Int8(truncatingIfNeeded: quantization?.zeroPoint ?? 0)
      return constant.elements(as: Int8.self).count { $0 == zero }
    case .uint8:
      let zero = UInt8(truncatingIfNeeded: quantization?.zeroPoint ?? 0)
      return constant.elements(as: UInt8.self).count { $0 == zero }
    case .int4:
      return constant.elements(as: UInt8.self).reduce(0) { sum, pair in
        sum + (pair & 15 == 0 ? 1 : 0) + (pair >> 4 == 0 ? 1 : 0)
      }
    case .int32: return constant.elements(as: Int32.self).count { $0 == 0 }
    default: return 0
    }
  }
}
