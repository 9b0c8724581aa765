import NeuralNetworks

/// Operators that copy bytes: the element type matters by its size only.
enum MovementKernels {
  /// Elements stay as they lie: `RESHAPE`, `SQUEEZE`, `EXPAND_DIMS`, `BITCAST`.
  static func copy(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    let byteCount = context.output.byteCount
    return { operands in
      let (source, result) = (operands.input(0, as: UInt8.self), operands.output(as: UInt8.self))
      // The planner may have given both one place.
      if source != UnsafePointer(result) { result.update(from: source, count: byteCount) }
    }
  }

  static func concatenation(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    guard case .concatenation(let stated, let activation) = context.op.operation,
      context.output.elementType.isByteAddressed
    else { return nil }
    guard activation == .none else {
      throw context.failure(found: "a fused activation", expected: "none on CONCATENATION")
    }
    let inputs = context.op.inputs.indices.map { context.input($0) }
    let whole = context.output
    let axis = try context.check.axis(stated, rank: whole.shape.rank)
    guard inputs.allSatisfy({ $0.quantization == whole.quantization }) else {
      return try ConcatenationRescaling.body(context, axis: axis)
    }
    return joining(inputs.map(\.shape), along: axis, whole)
  }

  static func pack(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    guard case .pack(let stated) = context.op.operation, context.output.elementType.isByteAddressed
    else { return nil }
    let whole = context.output
    let axis = try context.check.axis(stated, rank: whole.shape.rank)
    return joining(
      context.op.inputs.map { _ in whole.shape.replacing(axis, by: 1) }, along: axis, whole)
  }

  private static func joining(
    _ parts: [Shape], along axis: Int, _ whole: Tensor
  ) -> KernelBody {
    let places = AxisParts(whole, parts, axis: axis)
    let copies = zip(parts, places.starts).map { part, start in
      StridedCopy(
        extents: part.dimensions, sourceStrides: part.strides,
        resultStrides: whole.shape.strides, resultStart: start,
        elementBytes: places.elementBytes)
    }
    return { operands in
      let output = operands.output(as: UInt8.self)
      for (index, copy) in copies.enumerated() {
        copy.run(from: operands.input(index, as: UInt8.self), to: output)
      }
    }
  }

  /// `SPLIT` and `SPLIT_V`.
  static func split(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    let isSplitV = if case .splitV = context.op.operation { true } else { false }
    let (value, axisInput) = isSplitV ? (0, 2) : (1, 0)
    let source = context.input(value)
    guard source.elementType.isByteAddressed else { return nil }
    let check = context.check
    let axis = try check.axis(try check.integer(axisInput), rank: source.shape.rank)
    let parts = context.op.outputs.map { context.subgraph.tensors[$0].shape }
    return cutting(source, parts, along: axis, input: value)
  }

  static func unpack(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    let source = context.input(0)
    guard case .unpack(let stated, let count) = context.op.operation,
      source.elementType.isByteAddressed
    else { return nil }
    let axis = try context.check.axis(stated, rank: source.shape.rank)
    let part = source.shape.replacing(axis, by: 1)
    return cutting(source, Array(repeating: part, count: count), along: axis, input: 0)
  }

  private static func cutting(
    _ whole: Tensor, _ parts: [Shape], along axis: Int, input: Int
  ) -> KernelBody {
    let places = AxisParts(whole, parts, axis: axis)
    let copies = zip(parts, places.starts).map { part, start in
      StridedCopy(
        extents: part.dimensions, sourceStrides: whole.shape.strides, sourceStart: start,
        elementBytes: places.elementBytes)
    }
    return { operands in
      let source = operands.input(input, as: UInt8.self)
      for (index, copy) in copies.enumerated() {
        copy.run(from: source, to: operands.output(index, as: UInt8.self))
      }
    }
  }
}

/// Where the parts of a tensor begin that is cut along an axis.
private struct AxisParts {
  let elementBytes: Int
  /// In elements.
  let starts: [Int]

  init(_ whole: Tensor, _ parts: [Shape], axis: Int) {
    elementBytes = whole.elementType.byteCount(of: 1)
    let step = whole.shape.strides[axis]
    var starts: [Int] = []
    var index = 0
    for part in parts {
      starts.append(index * step)
      index += part[axis]
    }
    self.starts = starts
  }
}

extension Shape {
  /// The shape with another extent on an axis.
  func replacing(_ axis: Int, by extent: Int) -> Shape {
    var extents = dimensions
    extents[axis] = extent
    return Shape(extents)
  }
}

extension ElementType {
  /// Whether elements are whole bytes.
  var isByteAddressed: Bool { bitWidth >= 8 }
}
