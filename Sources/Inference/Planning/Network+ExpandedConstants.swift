import NeuralNetworks

extension Network {
  /// The network with constants in the form that kernels take: int4 weights, two in a byte, become
  /// int8 of the same values; what DEQUANTIZE makes of a constant of float16, and DENSIFY of any
  /// constant, becomes a constant itself. Values and quantization stay as they are.
  ///
  /// Such constants take memory only while they are read. O(tensors + operators).
  func withExpandedConstants() -> Network {
    var network = self
    for subgraph in subgraphs.indices {
      network.subgraphs[subgraph].expandNibbles()
      network.subgraphs[subgraph].foldConversions()
    }
    return network
  }
}

extension Subgraph {
  fileprivate mutating func expandNibbles() {
    for index in tensors.indices where tensors[index].elementType == .int4 {
      guard let constant = tensors[index].constant else { continue }
      let count = tensors[index].shape.elementCount
      tensors[index].elementType = .int8
      tensors[index].constant = ConstantData(byteCount: count) {
        ModelBytes(constant.withBytes { packed in (0..<count).map { packed.nibble(at: $0) } })
      }
    }
  }

  /// In execution order, so that one may use what another made.
  fileprivate mutating func foldConversions() {
    for op in operators where op.isFoldable {
      guard let input = op.inputs[0], let constant = tensors[input].constant else { continue }
      let output = op.outputs[0]
      switch (op.operation, tensors[input].elementType, tensors[output].elementType) {
      case (.plain(.densify), let source, let result) where source == result:
        tensors[output].constant = constant
      case (.dequantize, .float16, .float32):
        tensors[output].constant = ConstantData(byteCount: 2 * constant.byteCount) {
          let values = constant.elements(as: Float16.self).map { Float($0) }
          return ModelBytes(values.withUnsafeBytes { Array($0) })
        }
      default: continue
      }
    }
  }
}

extension Operator {
  /// Whether it only changes how a constant is stored.
  var isFoldable: Bool {
    switch operation {
    case .dequantize, .plain(.densify): true
    default: false
    }
  }
}
