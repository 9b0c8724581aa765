import NeuralNetworks

/// What a name of a graph stands for while it runs.
public enum ONNXValue: Sendable {
  case tensor(TensorValue)
  case sequence([ONNXValue])
  /// An optional that holds nothing.
  case nothing

  /// What a value of a sequence takes besides its elements.
  static let recordBytes = 256

  /// Bytes it keeps alive, counting shared memory every time.
  var byteCount: Int {
    switch self {
    case .tensor(let tensor): tensor.byteCount
    case .sequence(let values): values.reduce(0) { $0 + $1.byteCount + Self.recordBytes }
    case .nothing: 0
    }
  }

  var elementType: ElementType? {
    if case .tensor(let tensor) = self { tensor.elementType } else { nil }
  }

  /// For messages.
  var kind: String {
    switch self {
    case .tensor(let tensor): "\(tensor.elementType.rawValue) \(tensor.shape)"
    case .sequence(let values): "a sequence of \(values.count)"
    case .nothing: "an empty optional"
    }
  }
}
