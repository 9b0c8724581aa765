/// Where a sparse constant lies in a model file, so that its zeros take memory only while they are
/// read.
struct SparseSource: Sendable {
  let file: ModelBytes
  /// Of the table of `SparsityParameters`, in bytes from the file's start.
  let parameters: Int
  let values: Range<Int>
  let shape: Shape
  let elementType: ElementType
  let place: String

  /// The whole tensor. O(elements + stored values).
  ///
  /// - Throws: when parameters and values do not describe a tensor of the shape.
  func dense() throws(ModelError) -> [UInt8] {
    try file.withBytes { (bytes) throws(ModelError) -> [UInt8] in
      let table = try FlatBuffer(bytes: bytes).table(at: parameters)
      let sparse = try SparseConstant(
        table, shape: shape, elementType: elementType, place: place)
      return try sparse.dense(UnsafeRawBufferPointer(rebasing: bytes[values]))
    }
  }

  /// - Precondition: `dense()` has been found not to throw.
  var constant: ConstantData {
    ConstantData(byteCount: elementType.byteCount(of: shape.elementCount)) {
      guard let bytes = try? dense() else { preconditionFailure("the model file has changed") }
      return ModelBytes(bytes)
    }
  }
}
