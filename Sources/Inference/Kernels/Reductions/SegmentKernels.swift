import NeuralNetworks

/// `SEGMENT_SUM` and `UNSORTED_SEGMENT_*`: rows of one segment become one.
enum SegmentKernels {
  static func prepare(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    guard case .plain(let operation) = context.op.operation else { return nil }
    switch context.output.elementType {
    case .float32:
      switch operation {
      case .unsortedSegmentProduct: return body(context, Float(1)) { $0 * $1 }
      case .unsortedSegmentMaximum:
        return body(context, -Float.greatestFiniteMagnitude) { max($0, $1) }
      case .unsortedSegmentMinimum:
        return body(context, Float.greatestFiniteMagnitude) { min($0, $1) }
      default: return body(context, Float(0)) { $0 + $1 }
      }
    case .int32: return integer(context, operation, Int32.self)
    case .int64: return integer(context, operation, Int64.self)
    default: return nil
    }
  }

  private static func integer<Element: FixedWidthInteger & Sendable>(
    _ context: KernelContext, _ operation: PlainOperation, _ type: Element.Type
  ) -> KernelBody? {
    switch operation {
    case .unsortedSegmentProduct: body(context, Element(1)) { $0 &* $1 }
    case .unsortedSegmentMaximum: body(context, Element.min) { max($0, $1) }
    case .unsortedSegmentMinimum: body(context, Element.max) { min($0, $1) }
    default: body(context, Element(0)) { $0 &+ $1 }
    }
  }

  /// Rows of a negative segment are left out; one at or over the count is an error.
  private static func body<Element: Sendable>(
    _ context: KernelContext, _ initial: Element,
    _ add: @escaping @Sendable (Element, Element) -> Element
  ) -> KernelBody? {
    guard let reader = IndexReader(context.input(1)) else { return nil }
    let rows = context.input(1).shape.elementCount
    let rowCount = rows == 0 ? 0 : context.input(0).shape.elementCount / rows
    let (segments, total) = (context.output.shape[0], context.output.shape.elementCount)
    return { operands in
      let source = operands.input(0, as: Element.self)
      let result = operands.output(as: Element.self)
      result.update(repeating: initial, count: total)
      for row in 0..<rows {
        let segment = reader(operands.input(1, as: UInt8.self), row)
        guard segment < segments else { return operands.fail(.indexOutOfRange) }
        guard segment >= 0 else { continue }
        for column in 0..<rowCount {
          let place = segment &* rowCount &+ column
          result[place] = add(result[place], source[row &* rowCount &+ column])
        }
      }
    }
  }
}
