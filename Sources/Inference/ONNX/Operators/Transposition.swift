import NeuralNetworks

extension TensorValue {
  /// The axes in another order. O(n).
  ///
  /// - Precondition: `order` is a permutation of the axes.
  func transposed(_ order: [Int]) throws(ModelError) -> TensorValue {
    let result = Shape(order.map { shape[$0] })
    // Axes of extent 1 move nothing.
    let moved = order.filter { shape[$0] != 1 }
    guard moved != moved.sorted() else { return reshaped(result) }
    return try elementType.movement(Transposition(input: self, order: order, shape: result))
  }
}

private struct Transposition: MovementBody {
  let input: TensorValue
  let order: [Int]
  let shape: Shape

  func run<Word: FixedWidthInteger & UnsignedInteger & BitwiseCopyable>(
    _ type: Word.Type
  ) throws(ModelError) -> TensorValue {
    let result = try NewTensor<Word>(input.elementType, shape)
    let source = input.elements(as: type)
    let strides = input.shape.strides
    withExtendedLifetime(source) {
      StridedCopy(
        extents: shape.dimensions, sourceStrides: order.map { strides[$0] },
        elementBytes: MemoryLayout<Word>.size
      ).run(from: source.base, to: result.base)
    }
    return result.value
  }
}
