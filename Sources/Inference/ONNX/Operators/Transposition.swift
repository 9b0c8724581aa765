import NeuralNetworks

extension TensorValue {
  /// The axes in another order. O(n).
  ///
  /// - Precondition: `order` is a permutation of the axes.
  func transposed(_ order: [Int]) throws(ModelError) -> TensorValue {
    try elementType.movement(Transposition(input: self, order: order))
  }
}

private struct Transposition: MovementBody {
  let input: TensorValue
  let order: [Int]

  func run<Word: FixedWidthInteger & UnsignedInteger & BitwiseCopyable>(
    _ type: Word.Type
  ) throws(ModelError) -> TensorValue {
    let shape = Shape(order.map { input.shape[$0] })
    let inner = input.shape.strides
    // Axes of extent 1 move nothing; axes that stay neighbours are one axis.
    var extents: [Int] = []
    var strides: [Int] = []
    for axis in order where input.shape[axis] != 1 {
      if let last = strides.last, last == inner[axis] * input.shape[axis] {
        extents[extents.count - 1] *= input.shape[axis]
        strides[strides.count - 1] = inner[axis]
      } else {
        extents.append(input.shape[axis])
        strides.append(inner[axis])
      }
    }
    guard extents.count > 1 else { return input.reshaped(shape) }
    let result = try NewTensor<Word>(input.elementType, shape)
    guard result.count > 0 else { return result.value }
    copy(input.elements(as: type), extents, strides, result)
    return result.value
  }

  private func copy<Word: FixedWidthInteger & UnsignedInteger & BitwiseCopyable>(
    _ source: Elements<Word>, _ extents: [Int], _ strides: [Int], _ result: NewTensor<Word>
  ) {
    let (length, step) = (extents[extents.count - 1], strides[strides.count - 1])
    var position = [Int](repeating: 0, count: extents.count - 1)
    var base = 0
    for start in stride(from: 0, to: result.count, by: length) {
      if step == 1 {
        result.copy(from: source, at: base, count: length, to: start)
      } else {
        for i in 0..<length { result[start + i] = source[base &+ i &* step] }
      }
      var axis = position.count - 1
      while axis >= 0 {
        position[axis] += 1
        base += strides[axis]
        if position[axis] < extents[axis] { break }
        base -= strides[axis] * extents[axis]
        position[axis] = 0
        axis -= 1
      }
    }
  }
}
