import NeuralNetworks

/// `ARG_MAX`, `ARG_MIN`, `TOPK_V2`, `CUMSUM`: along one axis.
enum ArgumentKernels {
  static func argument(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    let axis = try context.check.axis(
      try context.check.integer(1), rank: context.input(0).shape.rank)
    let lines = TensorLines(context.input(0).shape, axis: axis)
    switch context.input(0).elementType {
    case .float32:
      return argument(context, lines, Float.self) { a, b in
        a > b || (b.isNaN && !a.isNaN)
      } below: { a, b in
        a < b || (b.isNaN && !a.isNaN)
      }
    case .int8:
      return argument(context, lines, Int8.self) {
        $0 > $1
      } below: {
        $0 < $1
      }
    case .uint8:
      return argument(context, lines, UInt8.self) {
        $0 > $1
      } below: {
        $0 < $1
      }
    case .int16:
      return argument(context, lines, Int16.self) {
        $0 > $1
      } below: {
        $0 < $1
      }
    case .int32:
      return argument(context, lines, Int32.self) {
        $0 > $1
      } below: {
        $0 < $1
      }
    case .int64:
      return argument(context, lines, Int64.self) {
        $0 > $1
      } below: {
        $0 < $1
      }
    case .bool:
      return argument(context, lines, UInt8.self) {
        $0 > $1
      } below: {
        $0 < $1
      }
    default: return nil
    }
  }

  private static func argument<Element>(
    _ context: KernelContext, _ lines: TensorLines, _ type: Element.Type,
    above: @escaping @Sendable (Element, Element) -> Bool,
    below: @escaping @Sendable (Element, Element) -> Bool
  ) -> KernelBody {
    let isMaximum = context.op.operation == .plain(.argumentMaximum)
    let isBetter = isMaximum ? above : below
    let isWide = context.output.elementType == .int64
    return { operands in
      let source = operands.input(0, as: Element.self)
      lines.forEach { line, start in
        var best = 0
        for index in 0..<lines.count
        where isBetter(source[start &+ index &* lines.step], source[start &+ best &* lines.step]) {
          best = index
        }
        if isWide {
          operands.output(as: Int64.self)[line] = Int64(best)
        } else {
          operands.output(as: Int32.self)[line] = Int32(truncatingIfNeeded: best)
        }
      }
    }
  }

  /// The largest elements of each row, the first of equals first.
  static func topK(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    switch context.input(0).elementType {
    case .float32: topK(context, Float.self) { a, b in a > b || (b.isNaN && !a.isNaN) }
    case .int8: topK(context, Int8.self) { $0 > $1 }
    case .uint8: topK(context, UInt8.self) { $0 > $1 }
    case .int16: topK(context, Int16.self) { $0 > $1 }
    case .int32: topK(context, Int32.self) { $0 > $1 }
    case .int64: topK(context, Int64.self) { $0 > $1 }
    default: nil
    }
  }

  private static func topK<Element>(
    _ context: KernelContext, _ type: Element.Type,
    _ isGreater: @escaping @Sendable (Element, Element) -> Bool
  ) -> KernelBody {
    let shape = context.input(0).shape
    let (rowCount, kept) = (shape[shape.rank - 1], context.output.shape[shape.rank - 1])
    let rows = rowCount == 0 ? 0 : shape.elementCount / rowCount
    return { operands in
      for row in 0..<rows {
        let source = operands.input(0, as: Element.self) + row &* rowCount
        let order = (0..<rowCount).sorted { a, b in
          isGreater(source[a], source[b]) || (!isGreater(source[b], source[a]) && a < b)
        }
        for place in 0..<kept {
          let result = row &* kept &+ place
          operands.output(0, as: Element.self)[result] = source[order[place]]
          operands.output(1, as: Int32.self)[result] = Int32(truncatingIfNeeded: order[place])
        }
      }
    }
  }
}

/// The lines of elements along one axis.
struct TensorLines: Sendable {
  /// Elements of a line.
  let count: Int
  /// From one element of a line to the next.
  let step: Int
  private let outerCount: Int

  init(_ shape: Shape, axis: Int) {
    count = shape[axis]
    step = shape.dimensions[(axis + 1)...].reduce(1, *)
    outerCount = shape.dimensions[..<axis].reduce(1, *)
  }

  /// Calls `body` with each line's number and first element.
  @inline(__always)
  func forEach(_ body: (_ line: Int, _ start: Int) -> Void) {
    guard count > 0 else { return }
    for outer in 0..<outerCount {
      for inner in 0..<step {
        body(outer &* step &+ inner, outer &* count &* step &+ inner)
      }
    }
  }
}
