import NeuralNetworks

extension Arithmetic {
  /// The arithmetic that one operator of a network runs in.
  ///
  /// XNNPACK takes operators of 8 bits, not all of them and not with all scales; what it leaves
  /// runs in LiteRT's own kernels, which round twice. Observed on LiteRT 2.3.
  func applied(to op: Operator, in subgraph: Subgraph) -> Arithmetic {
    guard self == .singleRounding else { return self }
    let inputs = op.inputs.map { $0.map { subgraph.tensors[$0] } }
    let outputs = op.outputs.map { subgraph.tensors[$0] }
    let isWide = (inputs.compactMap { $0 } + outputs).contains { $0.elementType == .int16 }
    return !isWide && op.operation.isXNNPACKs(inputs, outputs) ? .singleRounding : .doubleRounding
  }
}

extension Operation {
  fileprivate func isXNNPACKs(_ inputs: [Tensor?], _ outputs: [Tensor]) -> Bool {
    switch self {
    case .conv2D, .depthwiseConv2D, .fullyConnected, .transposeConv2D, .softmax, .logistic,
      .activate(.tanh), .activate(.elu), .resize, .reduce(.mean, _), .reduce(.sum, _):
      return true
    case .batchMatMul: return (inputs[1]?.quantization?.zeroPoint ?? 0) == 0
    default: break
    }
    guard let output = outputs.first else { return false }
    let ratios = inputs.compactMap { $0?.scale }.map { $0 / (output.scale ?? 0) }
    switch self {
    case .binary(.add, _), .binary(.subtract, _):
      return ratios.allSatisfy { (0x1p-10..<0x1p8).contains($0) }
    case .binary(.multiply, _):
      guard ratios.count == 2, let second = inputs[1]?.scale else { return false }
      return (0x1p-16..<0x1p8).contains(ratios[0] * second)
    case .leakyReLU(let slope):
      return ratios.allSatisfy {
        (0x1p-8...0x1p7).contains($0) && (0x1p-8...0x1p7).contains(abs($0 * slope))
      }
    case .quantize:
      return inputs[0]?.elementType == output.elementType
        && ratios.allSatisfy { (0x1p-8...0x1p7).contains($0) }
    default: return false
    }
  }
}

extension Tensor {
  fileprivate var scale: Float? {
    quantization.flatMap { $0.isPerChannel ? nil : $0.scale }
  }
}
