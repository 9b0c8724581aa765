import NeuralNetworks

/// `PAD`, `PADV2` and `MIRROR_PAD`.
enum PadKernels {
  /// With the zero point, or with the third input.
  static func pad(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    switch context.output.elementType.bitWidth {
    case 8: try pad(context, UInt8.self)
    case 16: try pad(context, UInt16.self)
    case 32: try pad(context, UInt32.self)
    case 64: try pad(context, UInt64.self)
    default: nil
    }
  }

  private static func pad<Element: FixedWidthInteger & Sendable>(
    _ context: KernelContext, _ type: Element.Type
  ) throws(ModelError) -> KernelBody? {
    let (source, result) = (context.input(0), context.output)
    let paddings = try context.check.paddings(1, axisCount: source.shape.rank)
    let start = zip(paddings, result.shape.strides).reduce(0) { $0 + $1.0.before * $1.1 }
    let copy = StridedCopy(
      extents: source.shape.dimensions, sourceStrides: source.shape.strides,
      resultStrides: result.shape.strides, resultStart: start,
      elementBytes: MemoryLayout<Element>.size)
    let isQuantized = result.elementType.isQuantizedActivation
    let zero = isQuantized ? Element(truncatingIfNeeded: result.quantization?.zeroPoint ?? 0) : 0
    let hasValue = context.optionalInput(2) != nil
    let count = result.shape.elementCount
    return { operands in
      let value = hasValue ? operands.input(2, as: Element.self)[0] : zero
      operands.output(as: Element.self).update(repeating: value, count: count)
      copy.run(from: operands.input(0, as: UInt8.self), to: operands.output(as: UInt8.self))
    }
  }

  static func mirror(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    guard case .mirrorPad(let isSymmetric) = context.op.operation else { return nil }
    let source = context.input(0).shape
    let paddings = try context.check.paddings(1, axisCount: source.rank)
    let edge = isSymmetric ? 1 : 0
    let axes = zip(source.dimensions, paddings).map { extent, padding in
      IndexedCopy.Axis(extent: padding.before + extent + padding.after) { place in
        let index = place - padding.before
        if index < 0 { return 0 - index - edge }
        return index < extent ? index : 2 * extent - 2 + edge - index
      }
    }
    return IndexedCopy(context.input(0), axes)?.body
  }
}

/// Copies elements from where a map of each axis says.
struct IndexedCopy: Sendable {
  /// An axis of the result. A list of indices would take eight times the memory of its bytes.
  struct Axis: Sendable {
    let extent: Int
    /// The index of the source for one of the result.
    let source: @Sendable (Int) -> Int
  }

  private let axes: [Axis]
  /// Of the source, in bytes.
  private let strides: [Int]
  private let elementBytes: Int

  /// Nil for elements that are no whole bytes.
  init?(_ source: Tensor, _ axes: [Axis]) {
    guard source.elementType.isByteAddressed else { return nil }
    let elementBytes = source.elementType.byteCount(of: 1)
    self.axes = axes
    self.elementBytes = elementBytes
    strides = source.shape.strides.map { $0 * elementBytes }
  }

  var body: KernelBody {
    { operands in
      let to = operands.output(as: UInt8.self)
      var next = 0
      copy(axis: 0, operands.input(0, as: UInt8.self), to, &next)
    }
  }

  /// At most eight axes, one inside the other.
  private func copy(
    axis: Int, _ from: UnsafePointer<UInt8>, _ to: UnsafeMutablePointer<UInt8>, _ next: inout Int
  ) {
    guard axis < axes.count else {
      (to + next).update(from: from, count: elementBytes)
      next &+= elementBytes
      return
    }
    for index in 0..<axes[axis].extent {
      copy(axis: axis + 1, from + axes[axis].source(index) &* strides[axis], to, &next)
    }
  }
}
