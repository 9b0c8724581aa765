import NeuralNetworks

/// Operators that put slices where indices say.
enum ScatterKernels {
  /// `SCATTER_ND`: what is put in one place adds up.
  static func scatterND(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    switch context.output.elementType {
    case .float32: scatterND(context, Float.self) { $0 + $1 }
    case .int8: scatterND(context, Int8.self) { $0 &+ $1 }
    case .uint8: scatterND(context, UInt8.self) { $0 &+ $1 }
    case .int16: scatterND(context, Int16.self) { $0 &+ $1 }
    case .int32: scatterND(context, Int32.self) { $0 &+ $1 }
    case .int64: scatterND(context, Int64.self) { $0 &+ $1 }
    case .bool: scatterND(context, UInt8.self) { $0 | $1 }
    default: nil
    }
  }

  private static func scatterND<Element: ExpressibleByIntegerLiteral & Sendable>(
    _ context: KernelContext, _ type: Element.Type,
    _ add: @escaping @Sendable (Element, Element) -> Element
  ) -> KernelBody? {
    let (indices, result) = (context.input(0), context.output.shape)
    let depth = indices.shape[indices.shape.rank - 1]
    guard let tuples = TupleIndex(indices, depth: depth, into: result) else { return nil }
    let count = indices.shape.dimensions.dropLast().reduce(1, *)
    let total = result.elementCount
    return { operands in
      let updates = operands.input(1, as: Element.self)
      let to = operands.output(as: Element.self)
      to.update(repeating: 0, count: total)
      for tuple in 0..<count {
        guard let place = tuples.place(operands.input(0, as: UInt8.self), tuple: tuple) else {
          return operands.fail(.indexOutOfRange)
        }
        for offset in 0..<tuples.sliceCount {
          to[place &+ offset] = add(
            to[place &+ offset], updates[tuple &* tuples.sliceCount &+ offset])
        }
      }
    }
  }

  /// `SPARSE_TO_DENSE`: the last of what is put in one place stays.
  static func sparseToDense(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    switch context.output.elementType.bitWidth {
    case 8: sparseToDense(context, UInt8.self)
    case 16: sparseToDense(context, UInt16.self)
    case 32: sparseToDense(context, UInt32.self)
    case 64: sparseToDense(context, UInt64.self)
    default: nil
    }
  }

  private static func sparseToDense<Element>(
    _ context: KernelContext, _ type: Element.Type
  ) -> KernelBody? {
    let (indices, result) = (context.input(0), context.output.shape)
    guard let tuples = TupleIndex(indices, depth: result.rank, into: result) else { return nil }
    let count = indices.shape.rank == 0 ? 1 : indices.shape[0]
    let step = context.input(2).shape.rank == 0 ? 0 : 1
    let total = result.elementCount
    return { operands in
      let values = operands.input(2, as: Element.self)
      let to = operands.output(as: Element.self)
      to.update(repeating: operands.input(3, as: Element.self)[0], count: total)
      for tuple in 0..<count {
        guard let place = tuples.place(operands.input(0, as: UInt8.self), tuple: tuple) else {
          return operands.fail(.indexOutOfRange)
        }
        to[place] = values[tuple &* step]
      }
    }
  }

  static func oneHot(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    switch context.output.elementType.bitWidth {
    case 8: try oneHot(context, UInt8.self)
    case 16: try oneHot(context, UInt16.self)
    case 32: try oneHot(context, UInt32.self)
    case 64: try oneHot(context, UInt64.self)
    default: nil
    }
  }

  /// An index out of range has no place: all of its line is off.
  private static func oneHot<Element>(
    _ context: KernelContext, _ type: Element.Type
  ) throws(ModelError) -> KernelBody? {
    guard case .oneHot(let stated) = context.op.operation,
      let reader = IndexReader(context.input(0))
    else { return nil }
    let result = context.output.shape
    let lines = TensorLines(result, axis: stated == -1 ? result.rank - 1 : stated)
    return { operands in
      let (on, off) = (
        operands.input(2, as: Element.self)[0], operands.input(3, as: Element.self)[0]
      )
      let to = operands.output(as: Element.self)
      lines.forEach { line, start in
        let index = reader(operands.input(0, as: UInt8.self), line)
        for place in 0..<lines.count {
          to[start &+ place &* lines.step] = place == index ? on : off
        }
      }
    }
  }

  /// Starts are moved so that the update fits.
  static func dynamicUpdateSlice(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    let (whole, update) = (context.input(0), context.input(1).shape)
    guard let reader = IndexReader(context.input(2)), whole.elementType.isByteAddressed
    else { return nil }
    let size = whole.elementType.byteCount(of: 1)
    let strides = whole.shape.strides
    let limits = zip(whole.shape.dimensions, update.dimensions).map { $0 - $1 }
    let copy = StridedCopy(
      extents: update.dimensions, sourceStrides: update.strides, resultStrides: strides,
      elementBytes: size)
    let byteCount = whole.byteCount
    return { operands in
      let to = operands.output(as: UInt8.self)
      to.update(from: operands.input(0, as: UInt8.self), count: byteCount)
      var start = 0
      for (axis, limit) in limits.enumerated() {
        let index = reader(operands.input(2, as: UInt8.self), axis)
        start &+= min(max(index, 0), limit) &* strides[axis]
      }
      copy.run(from: operands.input(1, as: UInt8.self), to: to + start &* size)
    }
  }
}
