import NeuralNetworks

/// Operators whose result is known from shapes, or is one value again and again.
enum FillKernels {
  static func fill(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    repeating(context, input: 1)
  }

  static func zeros(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    let byteCount = context.output.byteCount
    return { operands in
      operands.output(as: UInt8.self).update(repeating: 0, count: byteCount)
    }
  }

  /// - Parameter input: the one with the value.
  private static func repeating(_ context: KernelContext, input: Int) -> KernelBody? {
    guard context.output.elementType.isByteAddressed else { return nil }
    let extents = context.output.shape.dimensions
    let copy = StridedCopy(
      extents: extents, sourceStrides: extents.map { _ in 0 },
      elementBytes: context.output.elementType.byteCount(of: 1))
    return { operands in
      copy.run(from: operands.input(input, as: UInt8.self), to: operands.output(as: UInt8.self))
    }
  }

  static func shape(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    integers(context.input(0).shape.dimensions, context)
  }

  static func rank(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    integers([context.input(0).shape.rank], context)
  }

  /// Extents fit in 31 bits, as a shape's element count does.
  private static func integers(_ values: [Int], _ context: KernelContext) -> KernelBody? {
    let isWide = context.output.elementType == .int64
    return { operands in
      for (index, value) in values.enumerated() {
        if isWide {
          operands.output(as: Int64.self)[index] = Int64(value)
        } else {
          operands.output(as: Int32.self)[index] = Int32(truncatingIfNeeded: value)
        }
      }
    }
  }

  static func range(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    switch context.output.elementType {
    case .float32:
      let count = context.output.shape.elementCount
      return { operands in
        let (start, step) = (
          operands.input(0, as: Float.self)[0], operands.input(2, as: Float.self)[0]
        )
        let result = operands.output(as: Float.self)
        var value = start
        for index in 0..<count {
          result[index] = value
          value += step
        }
      }
    case .int32: return integerRange(context, Int32.self)
    case .int64: return integerRange(context, Int64.self)
    default: return nil
    }
  }

  private static func integerRange<Element: FixedWidthInteger & Sendable>(
    _ context: KernelContext, _ type: Element.Type
  ) -> KernelBody {
    let count = context.output.shape.elementCount
    return { operands in
      let (start, step) = (
        operands.input(0, as: Element.self)[0], operands.input(2, as: Element.self)[0]
      )
      let result = operands.output(as: Element.self)
      for index in 0..<count {
        result[index] = start &+ Element(truncatingIfNeeded: index) &* step
      }
    }
  }

  /// The shape that two shapes broadcast to.
  static func broadcastArguments(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    context.output.elementType == .int64
      ? broadcastArguments(context, Int64.self) : broadcastArguments(context, Int32.self)
  }

  private static func broadcastArguments<Element: FixedWidthInteger & Sendable>(
    _ context: KernelContext, _ type: Element.Type
  ) -> KernelBody {
    let counts = (context.input(0).shape[0], context.input(1).shape[0])
    let rank = max(counts.0, counts.1)
    return { operands in
      let (left, right) = (operands.input(0, as: Element.self), operands.input(1, as: Element.self))
      let result = operands.output(as: Element.self)
      for axis in 0..<rank {
        let (i, j) = (axis &- rank &+ counts.0, axis &- rank &+ counts.1)
        let (a, b) = (i < 0 ? 1 : left[i], j < 0 ? 1 : right[j])
        if a != b && a != 1 && b != 1 { operands.fail(.shapesDiffer) }
        result[axis] = a == 1 ? b : a
      }
    }
  }
}
