import NeuralNetworks

/// The operators with a gradient.
extension NetworkLowering {
  mutating func addParametricReLU(_ op: Operator) throws(ModelError) {
    let input = try value(op, 0)
    guard isSuffix(main.tensors[try tensor(op, 1)].shape, of: main.tensors[try tensor(op, 0)].shape)
    else { throw failure("slopes of another shape", "trailing axes of the operand") }
    append(.parametricReLU, op, inputs: [input], parameters: [try parameter(op, 1, .offset)])
  }

  mutating func addActivation(_ op: Operator) throws(ModelError) {
    guard let function = DifferentiableActivation(op.operation) else {
      throw failure("an operator without a gradient", "one that can be trained through")
    }
    append(.activation(function), op, inputs: [try value(op, 0)])
  }

  mutating func addConvolution(
    _ op: Operator, _ attributes: Convolution2D
  ) throws(ModelError) {
    let input = try value(op, 0)
    let weights = main.tensors[try tensor(op, 1)].shape
    let geometry = try geometry(
      network.values[input].shape, attributes, height: weights[1], width: weights[2])
    let parameters = try weightsAndBias(op, outputAxis: 0)
    append(
      .convolution(geometry, outputs: weights[0]), op, inputs: [input], parameters: parameters,
      activation: attributes.activation)
  }

  mutating func addDepthwise(
    _ op: Operator, _ attributes: Convolution2D, _ multiplier: Int
  ) throws(ModelError) {
    let input = repeated(try value(op, 0), multiplier)
    let weights = main.tensors[try tensor(op, 1)].shape
    let geometry = try geometry(
      network.values[input].shape, attributes, height: weights[1], width: weights[2])
    let parameters = try weightsAndBias(op, outputAxis: 3)
    append(
      .depthwise(geometry), op, inputs: [input], parameters: parameters,
      activation: attributes.activation)
  }

  private mutating func repeated(_ value: Int, _ count: Int) -> Int {
    guard count > 1, let channels = network.values[value].shape.last else { return value }
    let result = network.addValue(
      Array(network.values[value].shape.dropLast()) + [channels * count])
    network.nodes.append(
      Node(kind: .repeatChannels(count), inputs: [value], output: result, place: place))
    return result
  }

  private func geometry(
    _ input: [Int], _ attributes: Convolution2D, height: Int, width: Int
  ) throws(ModelError) -> PatchGeometry {
    guard
      let geometry = PatchGeometry(
        input: input, filter: (height, width),
        stride: (attributes.strideHeight, attributes.strideWidth),
        dilation: (attributes.dilationHeight, attributes.dilationWidth),
        isSame: attributes.padding == .same)
    else { throw failure("an input \(input)", "[height, width, channels] that the window fits") }
    return geometry
  }

  mutating func addDense(_ op: Operator, _ activation: Activation) throws(ModelError) {
    let input = try value(op, 0)
    let weights = main.tensors[try tensor(op, 1)].shape
    let parameters = try weightsAndBias(op, outputAxis: 0)
    append(
      .dense(
        rows: network.values[input].count / max(weights[1], 1), inputs: weights[1],
        outputs: weights[0]),
      op, inputs: [input], parameters: parameters, activation: activation)
  }

  mutating func addPool(
    _ op: Operator, _ window: Window2D, _ kind: (PatchGeometry) -> Node.Kind
  ) throws(ModelError) {
    let input = try value(op, 0)
    let attributes = Convolution2D(
      padding: window.padding, strideHeight: window.strideHeight, strideWidth: window.strideWidth)
    let geometry = try geometry(
      network.values[input].shape, attributes, height: window.filterHeight,
      width: window.filterWidth)
    append(kind(geometry), op, inputs: [input], activation: window.activation)
  }

  /// Axes that lie side by side.
  mutating func addMean(_ op: Operator) throws(ModelError) {
    let input = try value(op, 0)
    let full = main.tensors[try tensor(op, 0)].shape
    let axes = main.tensors[try tensor(op, 1)].constant?.elements(as: Int32.self) ?? []
    let sorted = Set(axes.map { Int($0) < 0 ? Int($0) + full.rank : Int($0) }).sorted()
    guard let first = sorted.first, let last = sorted.last, last - first + 1 == sorted.count,
      first > 0 || full[0] != 1 || full.rank == 1
    else { throw failure("axes \(axes)", "adjacent ones, not the batch") }
    let extents = full.dimensions
    append(
      .mean(
        outer: extents[..<first].reduce(1, *), count: extents[first...last].reduce(1, *),
        inner: extents[(last + 1)...].reduce(1, *)),
      op, inputs: [input])
  }

  mutating func addBinary(
    _ op: Operator, _ operation: BinaryOperation, _ activation: Activation
  ) throws(ModelError) {
    let kinds: [BinaryOperation: BinaryArithmetic] = [
      .add: .add, .subtract: .subtract, .multiply: .multiply,
    ]
    guard let kind = kinds[operation] else {
      throw failure("\(operation)", "an addition, a difference or a product")
    }
    let (left, right) = (values[try tensor(op, 0)], values[try tensor(op, 1)])
    guard let left else {
      throw failure("a constant in front", "one as the second operand")
    }
    let count = network.values[left].count
    let rightTensor = try tensor(op, 1)
    let rightCount =
      right.map { network.values[$0].count }
      ?? main.tensors[rightTensor].shape.elementCount
    guard rightCount > 0, count % rightCount == 0,
      isSuffix(main.tensors[rightTensor].shape, of: main.tensors[try tensor(op, 0)].shape)
    else {
      throw failure("operands of \(count) and \(rightCount) elements", "trailing axes to repeat")
    }
    let parameters = right == nil ? [try parameter(op, 1, .constant)] : []
    append(
      .binary(kind), op, inputs: [left] + (right.map { [$0] } ?? []), parameters: parameters,
      activation: activation)
  }

  /// Whether repeating `part` along the leading axes gives `whole`.
  private func isSuffix(_ part: Shape, of whole: Shape) -> Bool {
    let extents = part.dimensions.drop { $0 == 1 }
    return Array(whole.dimensions.suffix(extents.count)) == Array(extents)
  }

  mutating func addConcatenation(
    _ op: Operator, _ activation: Activation
  ) throws(ModelError) {
    guard case .concatenation(let axis, _) = op.operation else { return }
    let shape = main.tensors[op.outputs[0]].shape
    let place = axis < 0 ? axis + shape.rank : axis
    var inputs: [Int] = []
    for index in op.inputs.indices { inputs.append(try value(op, index)) }
    guard place > 0 else { throw failure("the batch axis", "another axis") }
    let rows = shape.dimensions[..<place].reduce(1, *)
    append(
      .concatenate(rows: rows, widths: inputs.map { network.values[$0].count / max(rows, 1) }), op,
      inputs: inputs, activation: activation)
  }

  mutating func addPad(_ op: Operator) throws(ModelError) {
    let input = try value(op, 0)
    let shape = network.values[input].shape
    let paddings = main.tensors[try tensor(op, 1)]
    let numbers: [Int] =
      paddings.elementType == .int64
      ? paddings.constant?.elements(as: Int64.self).map { Int($0) } ?? []
      : paddings.constant?.elements(as: Int32.self).map { Int($0) } ?? []
    guard shape.count == 3, numbers.count == 8, numbers[0] == 0, numbers[1] == 0, numbers[6] == 0,
      numbers[7] == 0
    else { throw failure("paddings \(numbers)", "height and width of an image only") }
    append(
      .pad(
        PaddedImage(
          height: shape[0], width: shape[1], channels: shape[2], top: numbers[2],
          left: numbers[4], bottom: numbers[3], right: numbers[5])), op, inputs: [input])
  }
}
