import NeuralNetworks

/// Operators that move, take apart and put together elements.
extension NetworkLowering {
  private func check(_ op: Operator) -> OperatorCheck {
    OperatorCheck(network: source.subgraphs, subgraph: main, op: op, place: place)
  }

  /// Nil for an operator of another kind.
  func movement(_ op: Operator) throws(ModelError) -> StridedView? {
    func whole(_ input: Int = 0) throws(ModelError) -> StridedView {
      StridedView(of: main.tensors[try tensor(op, input)].shape.dimensions)
    }
    switch op.operation {
    case .plain(.transpose): return try whole().transposed(try check(op).transposition())
    case .plain(.slice): return try whole().sliced(try check(op).sliceRanges())
    case .stridedSlice: return try whole().sliced(try check(op).resolvedStridedSlice().ranges)
    case .plain(.broadcastTo):
      return try whole().broadcast(to: main.tensors[op.outputs[0]].shape.dimensions)
    case .plain(.reverse):
      let view = try whole()
      let axes = try check(op).integers(1).map { $0 < 0 ? $0 + view.extents.count : $0 }
      return view.sliced(
        view.extents.enumerated().map { axis, extent in
          axes.contains(axis)
            ? SliceRange(start: extent - 1, stride: -1, count: extent)
            : SliceRange(start: 0, stride: 1, count: extent)
        })
    case .depthToSpace(let size):
      let extents = try whole().extents
      return StridedView(
        of: [extents[0], extents[1], extents[2], size, size, extents[3] / (size * size)]
      ).transposed([0, 1, 3, 2, 4, 5])
    case .spaceToDepth(let size):
      let extents = try whole().extents
      return StridedView(
        of: [extents[0], extents[1] / size, size, extents[2] / size, size, extents[3]]
      ).transposed([0, 1, 3, 2, 4, 5])
    default: return nil
    }
  }

  /// Appends a node that makes an output of the operator of elements of an operand.
  mutating func add(
    _ view: StridedView, _ op: Operator, input: Int = 0, output: Int = 0
  ) throws(ModelError) {
    let value = try value(op, input)
    let isAll = view.isAll(of: network.values[value].count)
    append(isAll ? .reshape : .view(view), op, inputs: [value], output: output)
  }

  /// `SPLIT`, `SPLIT_V` and `UNPACK`: a slice for each output.
  mutating func addParts(_ op: Operator, of input: Int, axis stated: Int) throws(ModelError) {
    let view = StridedView(of: main.tensors[try tensor(op, input)].shape.dimensions)
    let axis = stated < 0 ? stated + view.extents.count : stated
    let isUnpacked = if case .unpack = op.operation { true } else { false }
    var first = 0
    for (index, output) in op.outputs.enumerated() {
      let extent = isUnpacked ? 1 : main.tensors[output].shape[axis]
      try add(
        view.sliced(axis: axis, first..<first + extent), op, input: input, output: index)
      first += extent
    }
  }

  mutating func addSplit(_ op: Operator) throws(ModelError) {
    if case .splitV = op.operation {
      try addParts(op, of: 0, axis: try check(op).integer(2))
    } else {
      try addParts(op, of: 1, axis: try check(op).integer(0))
    }
  }

  /// `CONCATENATION` and `PACK`.
  ///
  /// - Parameter axis: of the output.
  mutating func addConcatenation(
    _ op: Operator, axis stated: Int, _ activation: Activation = .none
  ) throws(ModelError) {
    let shape = main.tensors[op.outputs[0]].shape
    let axis = stated < 0 ? stated + shape.rank : stated
    var inputs: [Int] = []
    for index in op.inputs.indices { inputs.append(try value(op, index)) }
    let rows = shape.dimensions[..<axis].reduce(1, *)
    append(
      .concatenate(rows: rows, widths: inputs.map { network.values[$0].count / max(rows, 1) }), op,
      inputs: inputs, activation: activation)
  }
}
