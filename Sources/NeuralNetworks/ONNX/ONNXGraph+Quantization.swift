extension ONNXGraph {
  /// What the stored integers of an input mean, if its consumer says so with constants: a
  /// `DequantizeLinear`, or an operator that takes value, scale and zero point (`QLinearConv`).
  /// Nodes that only move elements may stand between. O(nodes).
  public func quantization(of value: String) -> Quantization? {
    var name = value
    for node in nodes where node.inputs.first == name {
      if Self.movements.contains(node.operatorType), let output = node.outputs.first {
        name = output
      } else if node.takesScale, node.inputs.count >= 2, let scale = scalar(node.inputs[1]) {
        let zeroPoint = node.inputs.count > 2 ? scalar(node.inputs[2]) : 0
        guard let zeroPoint, scale > 0, scale.isFinite else { return nil }
        return Quantization(scale: Float(scale), zeroPoint: Int(zeroPoint))
      }
    }
    return nil
  }

  private static let movements: Set<String> = [
    "Flatten", "Identity", "Reshape", "Squeeze", "Transpose", "Unsqueeze",
  ]

  /// The one element of a constant: an initializer, or what a `Constant` gives.
  private func scalar(_ name: String) -> Double? {
    if let tensor = initializers.first(where: { $0.name == name }) { return tensor.scalar }
    let node = nodes.first { $0.operatorType == "Constant" && $0.outputs.first == name }
    guard case .tensor(let tensor) = node?.attribute("value") else { return nil }
    return tensor.scalar
  }
}

extension ONNXNode {
  fileprivate var takesScale: Bool {
    operatorType == "DequantizeLinear" || operatorType.hasPrefix("QLinear")
      || operatorType == "QGemm"
  }
}

extension ONNXTensor {
  fileprivate var scalar: Double? {
    guard shape.elementCount == 1 else { return nil }
    return switch elementType {
    case .float32: Double(data.elements(as: Float.self)[0])
    case .int8: Double(data.elements(as: Int8.self)[0])
    case .uint8: Double(data.elements(as: UInt8.self)[0])
    case .int16: Double(data.elements(as: Int16.self)[0])
    default: nil
    }
  }
}
