import NeuralNetworks

extension Subgraph {
  /// Constants as kernels need them: aligned to 16 bytes, copied where the file does not align
  /// them. O(bytes).
  func constantValues() throws(ModelError) -> [TensorValue?] {
    var values: [TensorValue?] = []
    for tensor in tensors {
      guard let constant = tensor.constant else {
        values.append(nil)
        continue
      }
      values.append(
        try constant.withBytes { (bytes) throws(ModelError) -> TensorValue in
          try TensorValue(tensor.elementType, tensor.shape, bytes: bytes)
        })
    }
    return values
  }

  /// By tensor: the last operator that reads or writes it; outputs are never done.
  func lastUses() -> [Int] {
    var uses = [Int](repeating: -1, count: tensors.count)
    for (number, op) in operators.enumerated() {
      for tensor in op.inputs.compactMap({ $0 }) + op.outputs { uses[tensor] = number }
    }
    for output in outputs { uses[output] = operators.count }
    return uses
  }
}

extension Tensor {
  /// A value of the stated type with all bytes 0; nil when it would be too large.
  func zeroValue() -> TensorValue? {
    guard let value = try? TensorValue(unfilled: elementType, shape) else { return nil }
    value.buffer.base.initializeMemory(as: UInt8.self, repeating: 0, count: value.byteCount)
    return value
  }
}
