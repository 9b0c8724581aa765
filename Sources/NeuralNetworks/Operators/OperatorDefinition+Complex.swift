/// The spectrum of images and sequences, and what is made of its complex numbers.
extension OperatorDefinition {
  static let complex =
    [PlainOperation.complexMagnitude, .imaginaryPart, .realPart].map { operation in
      OperatorDefinition(operation, class: .elementwise) { check in
        let source = try check.input(0)
        try check.require(source.elementType == .complex64, "complex64 numbers")
        return [.init(.float32, source.shape)]
      }
    } + [
      OperatorDefinition(
        "RFFT2D", inputs: 2...2, class: .elementwise, parameters: [1],
        read: { _ in .plain(.realTransform2D) }, rule: { try $0.spectrumType() })
    ]
}

extension OperatorCheck {
  /// Rows and columns of a transform: powers of two, as TensorFlow Lite demands.
  public func transformLengths() throws(ModelError) -> (rows: Int, columns: Int) {
    let lengths = try integers(1, limit: 2)
    try require(
      lengths.count == 2
        && lengths.allSatisfy { (1...32_768).contains($0) && $0.nonzeroBitCount == 1 },
      "two lengths that are powers of two up to 32768")
    return (lengths[0], lengths[1])
  }

  fileprivate func spectrumType() throws(ModelError) -> [TensorType] {
    let source = try input(0)
    try require(
      source.elementType == .float32 && source.shape.rank >= 2, "float32 of at least two axes")
    let (rows, columns) = try transformLengths()
    let extents = source.shape.dimensions.dropLast(2) + [rows, columns / 2 + 1]
    return [.init(.complex64, try shape(Array(extents)))]
  }
}
