import NeuralNetworks

/// Operators that trade blocks of pixels for channels or batch entries.
enum BlockKernels {
  static func depthToSpace(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    let (source, result) = (context.input(0), context.output.shape)
    guard case .depthToSpace(let size) = context.op.operation,
      source.elementType.isByteAddressed
    else { return nil }
    let strides = source.shape.strides
    return SliceKernels.copying(
      StridedCopy(
        extents: [result[0], source.shape[1], size, source.shape[2], size, result[3]],
        sourceStrides: [strides[0], strides[1], size * result[3], strides[2], result[3], 1],
        elementBytes: source.elementType.byteCount(of: 1)))
  }

  static func spaceToDepth(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    let (source, result) = (context.input(0), context.output.shape)
    guard case .spaceToDepth(let size) = context.op.operation,
      source.elementType.isByteAddressed
    else { return nil }
    let strides = source.shape.strides
    return SliceKernels.copying(
      StridedCopy(
        extents: [result[0], result[1], result[2], size, size, source.shape[3]],
        sourceStrides: [
          strides[0], strides[1] * size, strides[2] * size, strides[1], strides[2], 1,
        ], elementBytes: source.elementType.byteCount(of: 1)))
  }

  /// Every place of the blocks is a copy with steps, cut where padding lies.
  static func spaceToBatch(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    let (source, result) = (context.input(0), context.output)
    guard source.elementType.isByteAddressed else { return nil }
    let blocks = try BlockGrid(context, space: source.shape, batch: result.shape)
    let elementBytes = source.elementType.byteCount(of: 1)
    let zero = UInt16(truncatingIfNeeded: result.quantization?.zeroPoint ?? 0)
    let isQuantized = result.elementType.isQuantizedActivation
    let (byteCount, isWide) = (result.byteCount, result.elementType == .int16)
    return { operands in
      let to = operands.output(as: UInt8.self)
      if isWide {
        operands.output(as: UInt16.self).update(repeating: zero, count: byteCount / 2)
      } else {
        to.update(
          repeating: isQuantized ? UInt8(truncatingIfNeeded: zero) : 0, count: byteCount)
      }
      blocks.forEachWalk {
        StridedCopy(
          extents: $0.extents, sourceStrides: $0.spaceStrides, resultStrides: $0.batchStrides,
          sourceStart: $0.spaceStart, resultStart: $0.batchStart, elementBytes: elementBytes
        ).run(from: operands.input(0, as: UInt8.self), to: to)
      }
    }
  }

  static func batchToSpace(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    let (source, result) = (context.input(0), context.output)
    guard source.elementType.isByteAddressed else { return nil }
    let blocks = try BlockGrid(context, space: result.shape, batch: source.shape)
    let elementBytes = source.elementType.byteCount(of: 1)
    return { operands in
      blocks.forEachWalk {
        StridedCopy(
          extents: $0.extents, sourceStrides: $0.batchStrides, resultStrides: $0.spaceStrides,
          sourceStart: $0.batchStart, resultStart: $0.spaceStart, elementBytes: elementBytes
        ).run(from: operands.input(0, as: UInt8.self), to: operands.output(as: UInt8.self))
      }
    }
  }
}

/// The places of a block: each is a batch of its own, and every block-th pixel of the space.
private struct BlockGrid {
  private let blocks: [Int]
  private let before: [Int]
  private let space, batch: Shape

  /// How the pixels of one place are walked in both tensors.
  struct Walk {
    var extents: [Int]
    var spaceStrides, batchStrides: [Int]
    var spaceStart, batchStart: Int
  }

  init(_ context: KernelContext, space: Shape, batch: Shape) throws(ModelError) {
    blocks = try context.check.blockShape()
    before = try context.check.paddings(2, axisCount: blocks.count).map(\.before)
    (self.space, self.batch) = (space, batch)
  }

  /// One after the other: a block has up to as many places as the batch has elements.
  func forEachWalk(_ body: (Walk) -> Void) {
    guard space.elementCount > 0, batch.elementCount > 0 else { return }
    for place in 0..<batch[0] / space[0] { body(walk(place)) }
  }

  private func walk(_ place: Int) -> Walk {
    let entryCount = space[0]
    var walk = Walk(
      extents: [entryCount] + space.dimensions.dropFirst(), spaceStrides: space.strides,
      batchStrides: batch.strides, spaceStart: 0,
      batchStart: place * entryCount * batch.strides[0])
    var rest = place
    for axis in (0..<blocks.count).reversed() {
      let block = blocks[axis]
      let offset = rest % block
      rest /= block
      // Pixel `index * block + offset - before` of the space is pixel `index` of the place.
      let first = max(0, (before[axis] - offset + block - 1) / block)
      let last = min(
        batch[axis + 1], (space[axis + 1] + before[axis] - offset + block - 1) / block)
      walk.extents[axis + 1] = max(0, last - first)
      walk.spaceStart += (first * block + offset - before[axis]) * space.strides[axis + 1]
      walk.batchStart += first * batch.strides[axis + 1]
      walk.spaceStrides[axis + 1] *= block
    }
    return walk
  }
}
