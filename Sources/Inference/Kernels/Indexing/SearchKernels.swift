import NeuralNetworks

/// Operators that look for elements: `WHERE`, `UNIQUE`, `BUCKETIZE`.
enum SearchKernels {
  /// The places of what is not zero, in order.
  static func nonzero(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    let condition = context.input(0)
    guard condition.elementType.isByteAddressed else { return nil }
    let (type, count) = (condition.elementType, condition.shape.elementCount)
    let (extents, strides) = (condition.shape.dimensions, condition.shape.strides)
    let (byteCount, resultCount) = (condition.byteCount, context.output.shape.elementCount)
    return { operands in
      let bytes = UnsafeRawBufferPointer(
        start: operands.input(0, as: UInt8.self), count: byteCount)
      let result = operands.output(as: Int64.self)
      var next = 0
      for index in 0..<count where type.isNonzero(bytes, at: index) {
        // The count was that of the values that shaped the output.
        guard next + extents.count <= resultCount else { return }
        for (extent, stride) in zip(extents, strides) {
          result[next] = Int64(index / stride % extent)
          next += 1
        }
      }
    }
  }

  /// Each element once, in the order of first appearance, and where it went.
  static func unique(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    switch context.input(0).elementType {
    case .float32: unique(context, Float.self)
    case .int32: unique(context, Int32.self)
    case .int64: unique(context, Int64.self)
    case .int16: unique(context, Int16.self)
    case .int8: unique(context, Int8.self)
    case .uint8: unique(context, UInt8.self)
    default: nil
    }
  }

  private static func unique<Element: Hashable & Sendable>(
    _ context: KernelContext, _ type: Element.Type
  ) -> KernelBody {
    let count = context.input(0).shape.elementCount
    let resultCount = context.output.shape.elementCount
    let isWide = context.subgraph.tensors[context.op.outputs[1]].elementType == .int64
    return { operands in
      let source = operands.input(0, as: Element.self)
      var places: [Element: Int] = [:]
      for index in 0..<count {
        let place = places[source[index]] ?? places.count
        if place == places.count, place < resultCount {
          operands.output(0, as: Element.self)[place] = source[index]
        }
        places[source[index]] = place
        if isWide {
          operands.output(1, as: Int64.self)[index] = Int64(place)
        } else {
          operands.output(1, as: Int32.self)[index] = Int32(truncatingIfNeeded: place)
        }
      }
    }
  }

  /// How many boundaries are at most the element.
  static func bucketize(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    guard case .bucketize(let boundaries) = context.op.operation else { return nil }
    guard zip(boundaries, boundaries.dropFirst()).allSatisfy(<=) else {
      throw context.failure(found: "\(boundaries)", expected: "boundaries in ascending order")
    }
    switch context.input(0).elementType {
    case .float32: return context.unary { (x: Float) in boundaries.bucket(of: Double(x)) }
    case .int32: return context.unary { (x: Int32) in boundaries.bucket(of: Double(x)) }
    case .int64: return context.unary { (x: Int64) in boundaries.bucket(of: Double(x)) }
    default: return nil
    }
  }
}

extension [Float] {
  fileprivate func bucket(of value: Double) -> Int32 {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if Double(self[middle]) <= value { low = middle + 1 } else { high = middle }
    }
    return Int32(truncatingIfNeeded: low)
  }
}
