import NeuralNetworks

/// Operators on diagonals and on the ends of sequences.
enum DiagonalKernels {
  static func diagonal(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    let source = context.input(0)
    guard source.elementType.isByteAddressed else { return nil }
    let byteCount = context.output.byteCount
    let copy = diagonalCopy(source.shape, of: context.output)
    return { operands in
      operands.output(as: UInt8.self).update(repeating: 0, count: byteCount)
      copy.run(from: operands.input(0, as: UInt8.self), to: operands.output(as: UInt8.self))
    }
  }

  static func setDiagonal(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    guard context.output.elementType.isByteAddressed else { return nil }
    let byteCount = context.output.byteCount
    let copy = diagonalCopy(context.input(1).shape, of: context.output)
    return { operands in
      let to = operands.output(as: UInt8.self)
      to.update(from: operands.input(0, as: UInt8.self), count: byteCount)
      copy.run(from: operands.input(1, as: UInt8.self), to: to)
    }
  }

  private static func diagonalCopy(_ diagonal: Shape, of matrices: Tensor) -> StridedCopy {
    let strides = matrices.shape.strides
    let rank = strides.count
    return StridedCopy(
      extents: diagonal.dimensions, sourceStrides: diagonal.strides,
      resultStrides: strides.dropLast(2) + [strides[rank - 2] + strides[rank - 1]],
      elementBytes: matrices.elementType.byteCount(of: 1))
  }

  /// The first elements of each sequence, backwards; the rest as they are.
  static func reverseSequence(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    let shape = context.input(0).shape
    guard case .reverseSequence(let sequenceAxis, let batchAxis) = context.op.operation,
      let lengths = IndexReader(context.input(1)),
      context.output.elementType.isByteAddressed
    else { return nil }
    let size = context.output.elementType.byteCount(of: 1)
    let extent = shape[sequenceAxis]
    let (sequenceStride, batchStride) = (
      shape.strides[sequenceAxis], shape.strides[batchAxis]
    )
    let batchExtent = max(shape[batchAxis], 1)
    let count = shape.elementCount
    return { operands in
      let (from, to) = (operands.input(0, as: UInt8.self), operands.output(as: UInt8.self))
      for place in 0..<count {
        let length = lengths(
          operands.input(1, as: UInt8.self), place / batchStride % batchExtent)
        guard length >= 0, length <= extent else { return operands.fail(.indexOutOfRange) }
        let step = place / sequenceStride % extent
        let source =
          step < length ? place &+ (length &- 1 &- 2 &* step) &* sequenceStride : place
        (to + place &* size).update(from: from + source &* size, count: size)
      }
    }
  }
}
