import Inference
import NeuralNetworks

extension TensorValue {
  init(_ array: NPYFile) throws(ModelError) {
    try self.init(array, shape: array.shape, bytes: array.bytes[...])
  }

  /// One element of the first axis, which stays.
  init(_ array: NPYFile, row: Int) throws(ModelError) {
    let size = array.bytes.count / max(array.shape.first ?? 1, 1)
    try self.init(
      array, shape: [1] + array.shape.dropFirst(), bytes: array.bytes[row * size..<(row + 1) * size]
    )
  }

  private init(
    _ array: NPYFile, shape: [Int], bytes: ArraySlice<UInt8>
  ) throws(ModelError) {
    guard let shape = Shape(checking: shape) else {
      throw ModelError(place: "input", found: "\(array.shape)", expected: "a smaller array")
    }
    try self.init(array.elementType, shape, bytes: Array(bytes))
  }
}

extension NPYFile {
  /// - Throws: `ModelError` when it is no tensor.
  init(_ value: ONNXValue) throws(ModelError) {
    guard case .tensor(let tensor) = value else {
      throw ModelError(
        place: "output", found: "a sequence or an empty optional", expected: "a tensor")
    }
    self.init(tensor)
  }

  init(_ tensor: TensorValue) {
    self.init(
      elementType: tensor.elementType, shape: tensor.shape.dimensions,
      bytes: tensor.withBytes { Array($0) })
  }

  /// Adds more elements along the first axis.
  mutating func append(_ other: NPYFile) throws(ModelError) {
    guard !shape.isEmpty, shape.count == other.shape.count, shape[1...] == other.shape[1...] else {
      throw ModelError(
        place: "output", found: "shapes \(shape) and \(other.shape)",
        expected: "the same for each sample")
    }
    shape[0] += other.shape[0]
    bytes += other.bytes
  }
}
