import NeuralNetworks

/// Operators that copy bytes: the element type matters by its size only.
enum MovementKernels {
  static func copy(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    let byteCount = context.output.byteCount
    return { operands in
      let (source, result) = (operands.input(0, as: UInt8.self), operands.output(as: UInt8.self))
      // The planner may have given both one place.
      if source != UnsafePointer(result) { result.update(from: source, count: byteCount) }
    }
  }

  static func concatenation(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    guard case .concatenation(let axis, let activation) = context.op.operation,
      context.output.elementType.isByteAddressed
    else { return nil }
    guard activation == .none else {
      throw context.failure(found: "a fused activation", expected: "none on CONCATENATION")
    }
    let inputs = context.op.inputs.indices.map { context.input($0) }
    guard inputs.allSatisfy({ $0.quantization == context.output.quantization }) else {
      throw context.failure(
        found: "different quantizations of inputs and output", expected: "equal ones")
    }
    let rank = context.output.shape.rank
    let parts = AxisParts(
      whole: context.output, parts: inputs, axis: axis < 0 ? axis + rank : axis)
    return { operands in
      let output = operands.output(as: UInt8.self)
      parts.forEach { outer, part, offset, count in
        let input = operands.input(part, as: UInt8.self)
        (output + (outer &* parts.wholeBytes &+ offset)).update(
          from: input + outer &* count, count: count)
      }
    }
  }

  /// `SPLIT` and `SPLIT_V`.
  static func split(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    let isSplitV = if case .splitV = context.op.operation { true } else { false }
    let (value, axisInput) = isSplitV ? (0, 2) : (1, 0)
    let source = context.input(value)
    guard source.elementType.isByteAddressed else { return nil }
    guard let axis = context.input(axisInput).constant?.elements(as: Int32.self).first else {
      throw context.failure(found: "a computed axis", expected: "a constant one")
    }
    let outputs = context.op.outputs.map { context.subgraph.tensors[$0] }
    let positive = axis < 0 ? Int(axis) + source.shape.rank : Int(axis)
    let parts = AxisParts(whole: source, parts: outputs, axis: positive)
    return { operands in
      let input = operands.input(value, as: UInt8.self)
      parts.forEach { outer, part, offset, count in
        let output = operands.output(part, as: UInt8.self)
        (output + outer &* count).update(
          from: input + (outer &* parts.wholeBytes &+ offset), count: count)
      }
    }
  }

  static func stridedSlice(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    guard case .stridedSlice(let slice) = context.op.operation,
      context.output.elementType.isByteAddressed
    else { return nil }
    let source = context.input(0)
    let arguments = (1...3).map { context.input($0).constant?.elements(as: Int32.self) ?? [] }
    guard
      let ranges = slice.ranges(
        of: source.shape, begin: arguments[0].map(Int.init), end: arguments[1].map(Int.init),
        strides: arguments[2].map(Int.init))
    else { preconditionFailure("an invalid slice") }
    let size = source.elementType.byteCount(of: 1)
    let offsets = sourceOffsets(of: ranges, in: source.shape)
    return { operands in
      let input = operands.input(0, as: UInt8.self)
      let output = operands.output(as: UInt8.self)
      for (index, offset) in offsets.enumerated() {
        (output + index &* size).update(from: input + offset &* size, count: size)
      }
    }
  }

  /// Indices of the elements that a slice takes, in the order of the output.
  private static func sourceOffsets(of ranges: [SliceRange], in shape: Shape) -> [Int] {
    var offsets = [0]
    for (axis, range) in ranges.enumerated() {
      offsets = offsets.flatMap { offset in
        (0..<range.count).map { offset * shape[axis] + range.start + $0 * range.stride }
      }
    }
    return offsets
  }
}

/// How a tensor is cut along an axis, in bytes.
private struct AxisParts: Sendable {
  let outerCount: Int
  /// Bytes of the whole for each step of the outer axes.
  let wholeBytes: Int
  /// Bytes of each part for each step of the outer axes.
  let partBytes: [Int]

  init(whole: Tensor, parts: [Tensor], axis: Int) {
    outerCount = whole.shape.dimensions[..<axis].reduce(1, *)
    let inner =
      whole.shape.dimensions[(axis + 1)...].reduce(1, *) * whole.elementType.byteCount(of: 1)
    wholeBytes = whole.shape[axis] * inner
    partBytes = parts.map { $0.shape[axis] * inner }
  }

  func forEach(_ body: (_ outer: Int, _ part: Int, _ offset: Int, _ count: Int) -> Void) {
    for outer in 0..<outerCount {
      var offset = 0
      for (part, count) in partBytes.enumerated() {
        body(outer, part, offset, count)
        offset &+= count
      }
    }
  }
}

extension ElementType {
  /// Whether elements are whole bytes.
  fileprivate var isByteAddressed: Bool { bitWidth >= 8 }
}
