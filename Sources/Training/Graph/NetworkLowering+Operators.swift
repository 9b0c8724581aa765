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

  mutating func addTransposedConvolution(
    _ op: Operator, _ attributes: Convolution2D
  ) throws(ModelError) {
    let input = try value(op, 2)
    let weights = main.tensors[try tensor(op, 1)].shape
    let result = Self.sampleShape(main.tensors[op.outputs[0]])
    let window = try geometry(result, attributes, height: weights[1], width: weights[2])
    guard [window.outputHeight, window.outputWidth] == Array(network.values[input].shape.prefix(2))
    else {
      throw failure(
        "an input \(network.values[input].shape) of an output \(result)",
        "[\(window.outputHeight), \(window.outputWidth), \(weights[3])]")
    }
    append(
      .transposedConvolution(window, inputs: weights[3]), op, inputs: [input],
      parameters: try weightsAndBias(op, outputAxis: 0, bias: 3), activation: attributes.activation)
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
    // A constant in front may change places, but for differences.
    let isTurned = values[try tensor(op, 0)] == nil && kind != .subtract
    let (left, right) = isTurned ? (1, 0) : (0, 1)
    let shape = main.tensors[op.outputs[0]].shape
    let repeats = isSuffix(main.tensors[try tensor(op, right)].shape, of: shape)
    var inputs = [try expanded(op, left, to: shape)]
    var parameters: [Int] = []
    if repeats, values[try tensor(op, right)] == nil {
      parameters.append(try parameter(op, right, .constant))
    } else {
      inputs.append(repeats ? try value(op, right) : try expanded(op, right, to: shape))
    }
    append(
      .binary(kind), op, inputs: inputs, parameters: parameters, activation: activation)
  }

  /// An operand, with its elements repeated to fill a shape.
  private mutating func expanded(
    _ op: Operator, _ input: Int, to shape: Shape
  ) throws(ModelError) -> Int {
    let value = try value(op, input)
    let own = main.tensors[try tensor(op, input)].shape
    guard own.elementCount != shape.elementCount else { return value }
    guard let view = StridedView(of: own.dimensions).broadcast(to: shape.dimensions) else {
      throw failure("an operand \(own)", "one that repeats to \(shape)")
    }
    let result = network.addValue(view.extents)
    network.nodes.append(
      Node(kind: .view(view), inputs: [value], output: result, place: place))
    return result
  }

  /// Whether repeating `part` along the leading axes gives `whole`.
  private func isSuffix(_ part: Shape, of whole: Shape) -> Bool {
    let extents = part.dimensions.drop { $0 == 1 }
    return Array(whole.dimensions.suffix(extents.count)) == Array(extents)
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
