/// Operators along axes: reductions and resizing.
extension ONNXGraphBuilder {
  /// The place of an axis of NHWC in a layout.
  func axis(_ axis: Int, _ layout: Layout) -> Int {
    layout == .rows ? axis : [0, 2, 3, 1][axis]
  }

  mutating func addReduction(
    _ op: Operator, _ reduction: Reduction, keepsDimensions: Bool, place: String
  ) throws(ModelError) {
    let types: [Reduction: String] = [
      .maximum: "ReduceMax", .mean: "ReduceMean", .minimum: "ReduceMin", .product: "ReduceProd",
      .sum: "ReduceSum",
    ]
    guard let input = op.inputs[0], let type = types[reduction],
      let stated = op.inputs[1].flatMap({ source.tensors[$0].integers })
    else { throw Self.computed(place, "axes, or an unknown function") }
    let rank = source.tensors[input].shape.rank
    let axes = stated.map { $0 < 0 ? $0 + rank : $0 }.sorted()
    // What is left is in the same order either way.
    let isEither = keepsDimensions || axes == [1, 2] || axes == [1, 2, 3]
    let layout: Layout = rank == 4 && isEither ? nativeLayout(of: input) : .rows
    let value = append(
      type, [real(input, layout), integers(axes.map { axis($0, layout) })],
      [.int("keepdims", keepsDimensions ? 1 : 0)])
    write(value, to: op.outputs[0], layout)
  }

  /// The place of the largest or least element of an axis.
  mutating func addArgument(
    _ op: Operator, _ type: String, place: String
  ) throws(ModelError) {
    guard let input = op.inputs[0] else { return }
    let axis = try check(op, place).integer(1)
    var value = append(
      type, [real(input, .rows)], [.int("axis", axis), .int("keepdims", 0)])
    if source.tensors[op.outputs[0]].elementType == .int32 {
      value = append("Cast", [value], [.int("to", 6)])
    }
    write(value, to: op.outputs[0], .rows)
  }

  mutating func addResize(
    _ op: Operator, _ method: ResizeMethod, _ alignsCorners: Bool, _ usesHalfPixelCenters: Bool
  ) {
    guard let input = op.inputs[0] else { return }
    let target = source.tensors[op.outputs[0]].shape
    let coordinates =
      alignsCorners ? "align_corners" : usesHalfPixelCenters ? "half_pixel" : "asymmetric"
    var attributes: [ONNXAttribute] = [
      .string("coordinate_transformation_mode", coordinates),
      .string("mode", method == .bilinear ? "linear" : "nearest"),
    ]
    if method == .nearest {
      let rounding = alignsCorners || usesHalfPixelCenters ? "round_prefer_ceil" : "floor"
      attributes.append(.string("nearest_mode", rounding))
    }
    let sizes = integers([target[0], target[3], target[1], target[2]])
    let value = append("Resize", [real(input, .channelsFirst), "", "", sizes], attributes)
    write(value, to: op.outputs[0], .channelsFirst)
  }
}
