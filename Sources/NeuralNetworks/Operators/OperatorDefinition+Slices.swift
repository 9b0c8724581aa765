/// Operators that cut tensors apart and put them together.
extension OperatorDefinition {
  static let slices = [
    OperatorDefinition(
      "CONCATENATION", inputs: 1...1024, class: .dataMovement, allowsEmpty: true,
      read: { .concatenation(axis: try $0.int32(0), activation: try $0.activation(1)) },
      rule: { try $0.concatenationType() }),
    OperatorDefinition(.dynamicUpdateSlice, inputs: 3...3) { check in
      let (source, update) = (try check.input(0), try check.input(1))
      try check.requireIndices(2)
      try check.require(
        update.elementType == source.elementType && update.shape.rank == source.shape.rank
          && zip(update.shape.dimensions, source.shape.dimensions).allSatisfy(<=),
        "an update of the value's type, not larger than it")
      try check.require(
        try check.input(2).shape.dimensions == [source.shape.rank], "a start for each axis")
      return [source.type]
    },
    OperatorDefinition(
      "PACK", inputs: 1...1024, class: .dataMovement, allowsEmpty: true,
      read: { .pack(axis: try $0.int32(1)) }, rule: { try $0.packedType() }),
    OperatorDefinition(.slice, inputs: 3...3, parameters: [1, 2]) { check in
      let ranges = try check.sliceRanges()
      return [.init(try check.input(0).elementType, try check.shape(ranges.map(\.count)))]
    },
    OperatorDefinition(
      "SPLIT", inputs: 2...2, outputs: 1...1024, class: .dataMovement, parameters: [0],
      allowsEmpty: true, read: { .split(count: try $0.int32(0)) },
      rule: { try $0.splitTypes() }),
    OperatorDefinition(
      "SPLIT_V", inputs: 3...3, outputs: 1...1024, class: .dataMovement, parameters: [1, 2],
      allowsEmpty: true, read: { .splitV(count: try $0.int32(0)) },
      rule: { try $0.splitTypes() }),
    OperatorDefinition(
      "STRIDED_SLICE", inputs: 4...4, class: .dataMovement, parameters: [1, 2, 3],
      allowsEmpty: true, read: { .stridedSlice(try $0.stridedSlice()) },
      rule: { check in
        let slice = try check.resolvedStridedSlice()
        return [.init(try check.input(0).elementType, try check.shape(slice.extents))]
      }),
    OperatorDefinition(
      "UNPACK", outputs: 1...1024, class: .dataMovement, allowsEmpty: true,
      read: { .unpack(axis: try $0.int32(1), count: try $0.int32(0)) },
      rule: { try $0.unpackedTypes() }),
  ]
}

extension OperatorCheck {
  fileprivate func concatenationType() throws(ModelError) -> [TensorType] {
    guard case .concatenation(let stated, _) = op.operation else { return [] }
    let parts = try inputs()
    let first = parts[0]
    let axis = try axis(stated, rank: first.shape.rank)
    var extents = first.shape.dimensions
    extents[axis] = 0
    for part in parts {
      var others = part.shape.dimensions
      try require(
        part.elementType == first.elementType && others.count == extents.count,
        "inputs of one type and rank")
      others[axis] = extents[axis]
      try require(others == extents, "equal extents on axes other than \(axis)")
      extents[axis] += part.shape[axis]
    }
    return [.init(first.elementType, try shape(extents))]
  }

  fileprivate func packedType() throws(ModelError) -> [TensorType] {
    guard case .pack(let stated) = op.operation else { return [] }
    let parts = try inputs()
    try require(parts.allSatisfy { $0.type == parts[0].type }, "inputs of one type and shape")
    var extents = parts[0].shape.dimensions
    extents.insert(parts.count, at: try axis(stated, rank: extents.count + 1))
    return [.init(parts[0].elementType, try shape(extents))]
  }

  fileprivate func unpackedTypes() throws(ModelError) -> [TensorType] {
    guard case .unpack(let stated, let count) = op.operation else { return [] }
    let source = try input(0)
    var extents = source.shape.dimensions
    let axis = try axis(stated, rank: extents.count)
    let extent = extents.remove(at: axis)
    try require(
      extent == count && count == op.outputs.count, "\(extent) outputs, one for each index")
    let part = TensorType(source.elementType, try shape(extents))
    return Array(repeating: part, count: op.outputs.count)
  }

  /// `SPLIT` and `SPLIT_V`.
  fileprivate func splitTypes() throws(ModelError) -> [TensorType] {
    let isSplitV = if case .splitV = op.operation { true } else { false }
    let source = try input(isSplitV ? 0 : 1)
    let axis = try axis(try integer(isSplitV ? 2 : 0), rank: source.shape.rank)
    let (extent, count) = (source.shape[axis], op.outputs.count)
    var sizes = isSplitV ? try integers(1) : Array(repeating: extent / count, count: count)
    try require(sizes.count == count, "a size for each of \(count) outputs")
    if let free = sizes.firstIndex(of: -1) {
      sizes[free] = 0
      sizes[free] = extent &- sizes.reduce(0, &+)
    }
    try require(
      sizes.allSatisfy { (0...extent).contains($0) } && sizes.reduce(0, +) == extent,
      "parts that sum to \(extent)")
    var types: [TensorType] = []
    for size in sizes {
      var extents = source.shape.dimensions
      extents[axis] = size
      types.append(.init(source.elementType, try shape(extents)))
    }
    return types
  }

  /// The elements that `SLICE` takes of each axis; a size of -1 reaches to the end.
  public func sliceRanges() throws(ModelError) -> [SliceRange] {
    let extents = try input(0).shape.dimensions
    let (begins, sizes) = (try integers(1), try integers(2))
    try require(
      begins.count == extents.count && sizes.count == extents.count, "begin and size of each axis")
    var ranges: [SliceRange] = []
    for (axis, extent) in extents.enumerated() {
      let begin = begins[axis]
      try require((0...extent).contains(begin), "a begin inside axis \(axis), not \(begin)")
      let size = sizes[axis] == -1 ? extent - begin : sizes[axis]
      try require((0...extent - begin).contains(size), "a size inside axis \(axis), not \(size)")
      ranges.append(SliceRange(start: begin, stride: 1, count: size))
    }
    return ranges
  }
}
