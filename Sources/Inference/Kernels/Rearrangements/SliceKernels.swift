import NeuralNetworks

/// Operators that take a box out of a tensor, or put one in: copies with steps.
enum SliceKernels {
  static func slice(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    taking(try context.check.sliceRanges(), context)
  }

  static func stridedSlice(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    taking(try context.check.resolvedStridedSlice().ranges, context)
  }

  static func reverse(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    let axes = try context.check.reducedAxes()
    let ranges = context.input(0).shape.dimensions.enumerated().map { axis, extent in
      axes.contains(axis)
        ? SliceRange(start: max(extent - 1, 0), stride: -1, count: extent)
        : SliceRange(start: 0, stride: 1, count: extent)
    }
    return taking(ranges, context)
  }

  private static func taking(_ ranges: [SliceRange], _ context: KernelContext) -> KernelBody? {
    let source = context.input(0)
    guard source.elementType.isByteAddressed else { return nil }
    let strides = source.shape.strides
    return copying(
      StridedCopy(
        extents: ranges.map(\.count), sourceStrides: zip(ranges, strides).map { $0.stride * $1 },
        sourceStart: zip(ranges, strides).reduce(0) { $0 + $1.0.start * $1.1 },
        elementBytes: source.elementType.byteCount(of: 1)))
  }

  static func transpose(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    let source = context.input(0)
    guard source.elementType.isByteAddressed else { return nil }
    let strides = source.shape.strides
    return copying(
      StridedCopy(
        extents: context.output.shape.dimensions,
        sourceStrides: try context.check.transposition().map { strides[$0] },
        elementBytes: source.elementType.byteCount(of: 1)))
  }

  static func broadcast(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    let source = context.input(0)
    guard source.elementType.isByteAddressed else { return nil }
    let result = context.output.shape
    return copying(
      StridedCopy(
        extents: result.dimensions, sourceStrides: source.shape.strides(broadcastTo: result.rank),
        elementBytes: source.elementType.byteCount(of: 1)))
  }

  /// Each axis is two: the repetitions, and the elements.
  static func tile(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    let source = context.input(0)
    guard source.elementType.isByteAddressed else { return nil }
    let counts = try context.check.integers(1)
    let extents = zip(counts, source.shape.dimensions).flatMap { [$0, $1] }
    guard context.output.shape.elementCount > 0 else { return { _ in } }
    return copying(
      StridedCopy(
        extents: extents, sourceStrides: source.shape.strides.flatMap { [0, $0] },
        elementBytes: source.elementType.byteCount(of: 1)))
  }

  static func copying(_ copy: StridedCopy) -> KernelBody {
    { operands in
      copy.run(
        from: operands.input(0, as: UInt8.self), to: operands.output(as: UInt8.self))
    }
  }
}
