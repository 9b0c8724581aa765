import NeuralNetworks

/// What a network's weights take, and what its zeros save.
extension Network {
  /// Constants that operators read as numbers to compute with, each once; shapes and axes are none.
  public var parameterTensors: [Tensor] {
    let indices = main.operators.flatMap { op in
      op.inputs.enumerated().compactMap { position, tensor in
        op.operation.parameterInputs.contains(position) ? nil : tensor
      }
    }
    return Set(indices).sorted().map { main.tensors[$0] }.filter { $0.constant != nil }
  }

  /// Of all parameters. O(parameters).
  public var weightStorage: WeightStorage {
    parameterTensors.reduce(.none) { $0 + WeightStorage($1) }
  }

  /// Each operator's multiply-accumulates, less the share of its weights that is zero.
  /// O(parameters).
  ///
  /// - Parameter workload: the network's.
  public func effectiveMACs(_ workload: NetworkWorkload) -> Int {
    zip(main.operators, workload.operators).reduce(0) { sum, pair in
      let (op, work) = pair
      guard work.macs > 0, let weights = op.weightTensor.map({ main.tensors[$0] }),
        weights.constant != nil, weights.shape.elementCount > 0
      else { return sum + work.macs }
      let kept = weights.shape.elementCount - weights.zeroCount
      return sum
        + Int(
          (Double(work.macs) * Double(kept) / Double(weights.shape.elementCount)).rounded())
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
  /// Elements of a constant whose real value is zero: those stored as the zero point. O(elements).
  public var zeroCount: Int { symbols?.count { $0 == 0 } ?? 0 }

  /// A number for each element of a constant that is equal for equal values, and 0 for zero; nil
  /// for types that weights do not have.
  var symbols: [Int32]? {
    guard let constant else { return nil }
    switch elementType {
    case .float32:
      return constant.elements(as: UInt32.self).map {
        $0 & 0x7FFF_FFFF == 0 ? 0 : Int32(bitPattern: $0)
      }
    case .float16:
      return constant.elements(as: UInt16.self).map { $0 & 0x7FFF == 0 ? 0 : Int32($0) }
    case .int8: return constant.elements(as: Int8.self).map { Int32($0) - zeroPoint }
    case .uint8: return constant.elements(as: UInt8.self).map { Int32($0) - zeroPoint }
    case .int16: return constant.elements(as: Int16.self).map { Int32($0) }
    case .int32: return constant.elements(as: Int32.self)
    case .int4:
      return constant.elements(as: UInt8.self).flatMap { [Int32($0 & 15), Int32($0 >> 4)] }
        .prefix(shape.elementCount).map { $0 > 7 ? $0 - 16 : $0 }
    default: return nil
    }
  }

  private var zeroPoint: Int32 { Int32(truncatingIfNeeded: quantization?.zeroPoint ?? 0) }
}
