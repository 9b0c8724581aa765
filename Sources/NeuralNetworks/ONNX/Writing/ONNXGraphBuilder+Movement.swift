/// Operators that move, take apart and put together elements.
extension ONNXGraphBuilder {
  /// A tensor with one position, or one channel, has its elements in the same order either way.
  mutating func addReshape(_ op: Operator) {
    guard let input = op.inputs[0] else { return }
    let extents = source.tensors[input].shape.dimensions
    let isEither = extents.count == 4 && (extents[1] * extents[2] == 1 || extents[3] == 1)
    let value = real(input, isEither ? nativeLayout(of: input) : .rows)
    let target = source.tensors[op.outputs[0]].shape.dimensions
    write(append("Reshape", [value, integers(target)]), to: op.outputs[0], .rows)
  }

  mutating func addTranspose(_ op: Operator, place: String) throws(ModelError) {
    guard let input = op.inputs[0],
      let order = op.inputs[1].flatMap({ source.tensors[$0].integers })
    else { throw Self.computed(place, "axes") }
    let value = append("Transpose", [real(input, .rows)], [.ints("perm", order)])
    write(value, to: op.outputs[0], .rows)
  }

  mutating func addSlice(_ op: Operator, place: String) throws(ModelError) {
    guard let input = op.inputs[0] else { return }
    let check = check(op, place)
    let ranges: [SliceRange]
    if case .stridedSlice = op.operation {
      ranges = try check.resolvedStridedSlice().ranges
    } else {
      ranges = try check.sliceRanges()
    }
    // Backward slices end before the first element: far below it, as -1 would be the last one.
    let ends = ranges.map { range in
      let end = range.start + range.stride * range.count
      return end < 0 ? Int(Int32.min) : end
    }
    var value = append(
      "Slice",
      [
        real(input, .rows), integers(ranges.map(\.start)), integers(ends),
        integers(Array(ranges.indices)), integers(ranges.map(\.stride)),
      ])
    let target = source.tensors[op.outputs[0]].shape.dimensions
    if target != ranges.map(\.count) { value = append("Reshape", [value, integers(target)]) }
    write(value, to: op.outputs[0], .rows)
  }

  /// The part `range` of an axis of a tensor in its own order.
  private mutating func part(_ tensor: Int, _ axis: Int, _ range: Range<Int>) -> String {
    append(
      "Slice",
      [
        real(tensor, .rows), integers([range.lowerBound]), integers([range.upperBound]),
        integers([axis]),
      ])
  }

  /// `SPLIT`, `SPLIT_V`, `UNPACK`: a slice for each output.
  mutating func addParts(_ op: Operator, of input: Int, axis stated: Int) {
    guard let tensor = op.inputs[input] else { return }
    let axis = stated < 0 ? stated + source.tensors[tensor].shape.rank : stated
    let isUnpacked = if case .unpack = op.operation { true } else { false }
    var first = 0
    for output in op.outputs {
      let shape = source.tensors[output].shape
      let extent = isUnpacked ? 1 : shape[axis]
      var value = part(tensor, axis, first..<first + extent)
      if isUnpacked { value = append("Reshape", [value, integers(shape.dimensions)]) }
      write(value, to: output, .rows)
      first += extent
    }
  }

  mutating func addPack(_ op: Operator, axis stated: Int) {
    var shape = source.tensors[op.outputs[0]].shape.dimensions
    let axis = stated < 0 ? stated + shape.count : stated
    shape[axis] = 1
    var values: [String] = []
    for tensor in op.inputs.compactMap({ $0 }) {
      values.append(append("Reshape", [real(tensor, .rows), integers(shape)]))
    }
    write(append("Concat", values, [.int("axis", axis)]), to: op.outputs[0], .rows)
  }

  mutating func addGather(
    _ op: Operator, axis: Int, batchAxisCount: Int, place: String
  ) throws(ModelError) {
    guard let input = op.inputs[0], let indices = op.inputs[1], batchAxisCount == 0 else {
      throw ModelError(
        place: place, found: "\(batchAxisCount) batch axes", expected: "none, for ONNX")
    }
    let value = append(
      "Gather", [real(input, .rows), real(indices, .rows)], [.int("axis", axis)])
    write(value, to: op.outputs[0], .rows)
  }

  /// `TILE` and `BROADCAST_TO`.
  mutating func addRepetition(_ op: Operator, _ type: String, place: String) throws(ModelError) {
    guard let input = op.inputs[0],
      let counts = op.inputs[1].flatMap({ source.tensors[$0].integers })
    else { throw Self.computed(place, "counts") }
    write(append(type, [real(input, .rows), integers(counts)]), to: op.outputs[0], .rows)
  }

  mutating func addConcatenation(_ op: Operator, _ stated: Int, _ activation: Activation) {
    let operands = op.inputs.compactMap { $0 }
    let rank = source.tensors[op.outputs[0]].shape.rank
    let isImage = rank == 4 && operands.contains { nativeLayout(of: $0) == .channelsFirst }
    let layout: Layout = isImage ? .channelsFirst : .rows
    let axis = axis(stated < 0 ? stated + rank : stated, layout)
    let values = operands.map { real($0, layout) }
    let value = append("Concat", values, [.int("axis", axis)])
    write(activated(value, activation), to: op.outputs[0], layout)
  }

  mutating func addPadding(_ op: Operator, place: String) throws(ModelError) {
    guard let input = op.inputs[0],
      let paddings = op.inputs[1].flatMap({ source.tensors[$0].integers })
    else { throw Self.computed(place, "paddings") }
    let rank = source.tensors[input].shape.rank
    let layout: Layout = rank == 4 ? nativeLayout(of: input) : .rows
    var (before, after) = ([Int](repeating: 0, count: rank), [Int](repeating: 0, count: rank))
    for stated in 0..<rank {
      before[axis(stated, layout)] = paddings[2 * stated]
      after[axis(stated, layout)] = paddings[2 * stated + 1]
    }
    var inputs = [real(input, layout), integers(before + after)]
    if case .plain(.padWithValue) = op.operation, let value = op.inputs[2] {
      inputs.append(append("Reshape", [real(value, .rows), integers([])]))
    }
    let isMirror = if case .mirrorPad = op.operation { true } else { false }
    let value = append("Pad", inputs, [.string("mode", isMirror ? "reflect" : "constant")])
    write(value, to: op.outputs[0], layout)
  }

  mutating func addBlocks(_ op: Operator, _ type: String, _ size: Int) {
    guard let input = op.inputs[0] else { return }
    let value = append(type, [real(input, .channelsFirst)], [.int("blocksize", size)])
    write(value, to: op.outputs[0], .channelsFirst)
  }
}
