import NeuralNetworks

/// What each operator does with channels.
extension ChannelGraph {
  /// - Returns: false when the operator, or this use of it, is not known; nothing is joined then
  ///   that fixing its operands would not hold.
  mutating func join(_ op: Operator, place: String) -> Bool {
    switch op.operation {
    case .conv2D, .fullyConnected, .depthwiseConv2D, .transposeConv2D, .conv3D:
      return joinLayer(op)
    case .activate, .logistic, .gelu, .leakyReLU, .fakeQuantize, .plain(.parametricReLU),
      .plain(.addN):
      return joinElements(op, place)
    case .unary(let function): return function.isFiniteAtZero && joinElements(op, place)
    case .binary(let function, _): return function.isFiniteAtZero && joinElements(op, place)
    case .averagePool2D, .maxPool2D, .l2Pool2D, .resize, .plain(.spaceToBatch),
      .plain(.batchToSpace):
      return joinSource(op)
    case .reshape, .squeeze, .plain(.expandDimensions), .spaceToDepth, .depthToSpace:
      guard let source = op.inputs[0] else { return false }
      let (input, output) = (channels(source), channels(op.outputs[0]))
      return joinRepeated(input, output)
    case .reduce: return joinReduction(op)
    case .concatenation(let axis, _): return joinConcatenation(op, axis: axis, place)
    case .plain(.pad), .plain(.padWithValue): return joinPadding(op, place)
    case .mirrorPad: return joinPadding(op, place, canGrow: false)
    case .plain(.transpose): return joinTranspose(op)
    case .split: return joinParts(op)
    default: return false
    }
  }

  private mutating func joinLayer(_ op: Operator) -> Bool {
    guard let layer = WeightLayer(op, index: 0, in: subgraph) else { return false }
    if layer.kind == .transposedConvolution, op.inputs[0].map(isConstant) != true { return false }
    if let bias = layer.bias, !isConstant(bias) { return false }
    let (input, output) = (channels(layer.input), channels(layer.output))
    guard output.count == layer.outputCount else { return false }
    if layer.kind == .depthwise {
      guard !input.isEmpty, layer.outputCount % input.count == 0 else { return false }
    } else if layer.kind == .dense {
      guard canRepeat(input.count, layer.inputCount) else { return false }
    } else if input.count != layer.inputCount {
      return false  // grouped
    }
    join(places(layer.weights, axis: layer.outputAxis), output)
    if let bias = layer.bias { join(channels(bias), output) }
    if let axis = layer.inputAxis {
      return joinRepeated(input, places(layer.weights, axis: axis))
    }
    // A depthwise filter over one channel is a convolution: its outputs leave one by one.
    let multiplier = output.count / input.count
    guard input.count > 1 else { return true }
    for (offset, place) in output.enumerated() {
      join(input.lowerBound + offset / multiplier, place)
    }
    return true
  }

  private func canRepeat(_ a: Int, _ b: Int) -> Bool {
    min(a, b) > 0 && max(a, b) % min(a, b) == 0
  }

  /// Operands of fewer channels than the result are broadcast and go on as they are.
  private mutating func joinElements(_ op: Operator, _ place: String) -> Bool {
    let output = channels(op.outputs[0])
    for tensor in op.inputs.compactMap({ $0 }) {
      let own = channels(tensor)
      guard own.count == output.count || own.count <= 1 else { return false }
      fixOtherAxes(tensor, but: shape(tensor).count - 1, "\(place) needs all of them")
      if own.count == output.count { join(own, output) }
    }
    return true
  }

  /// The first operand's channels pass.
  private mutating func joinSource(_ op: Operator) -> Bool {
    guard let source = op.inputs[0] else { return false }
    let (input, output) = (channels(source), channels(op.outputs[0]))
    guard input.count == output.count else { return false }
    join(input, output)
    return true
  }

  private mutating func joinReduction(_ op: Operator) -> Bool {
    guard let source = op.inputs[0],
      let axes = op.inputs[1].flatMap({ subgraph.tensors[$0].integers })
    else { return false }
    let rank = shape(source).count
    guard !axes.contains(where: { $0 == rank - 1 || $0 == -1 }) else { return false }
    return joinSource(op)
  }

  private mutating func joinConcatenation(_ op: Operator, axis: Int, _ place: String) -> Bool {
    let rank = shape(op.outputs[0]).count
    let isAlongChannels = axis == rank - 1 || axis == -1
    let output = channels(op.outputs[0])
    var offset = 0
    for tensor in op.inputs.compactMap({ $0 }) {
      let own = channels(tensor)
      fixOtherAxes(tensor, but: rank - 1, "\(place) needs all of them")
      guard offset + own.count <= output.count else { return false }
      let first = output.lowerBound + offset
      join(own, first..<first + own.count)
      offset += isAlongChannels ? own.count : 0
    }
    return true
  }

  /// Channels that are padding stay.
  private mutating func joinPadding(
    _ op: Operator, _ place: String, canGrow: Bool = true
  ) -> Bool {
    guard let source = op.inputs[0],
      let paddings = op.inputs[1].flatMap({ subgraph.tensors[$0].integers }),
      paddings.count >= 2
    else { return false }
    let before = paddings[paddings.count - 2]
    let (input, output) = (channels(source), channels(op.outputs[0]))
    guard before >= 0, before + input.count <= output.count,
      canGrow || input.count == output.count
    else { return false }
    let first = output.lowerBound + before
    join(input, first..<first + input.count)
    fix(output.lowerBound..<first, "\(place) pads them")
    fix(first + input.count..<output.upperBound, "\(place) pads them")
    return true
  }

  private mutating func joinTranspose(_ op: Operator) -> Bool {
    let order = op.inputs[1].flatMap { subgraph.tensors[$0].integers }
    guard let order, order.last == order.count - 1 else { return false }
    return joinSource(op)
  }

  /// Equal parts stay equal: a channel leaves all of them.
  private mutating func joinParts(_ op: Operator) -> Bool {
    guard let source = op.inputs[1],
      let axis = op.inputs[0].flatMap({ subgraph.tensors[$0].integers })?.first
    else { return false }
    let input = channels(source)
    let isAlongChannels = axis == shape(source).count - 1 || axis == -1
    for part in op.outputs {
      let own = channels(part)
      guard isAlongChannels ? joinRepeated(own, input) : own.count == input.count else {
        return false
      }
      if !isAlongChannels { join(own, input) }
    }
    return true
  }
}

/// Channels that are held at zero must not become infinite on their way.
extension UnaryOperation {
  fileprivate var isFiniteAtZero: Bool {
    switch self {
    case .logarithm, .reciprocalSquareRoot, .logicalNot: false
    default: true
    }
  }
}

extension BinaryOperation {
  fileprivate var isFiniteAtZero: Bool {
    switch self {
    case .add, .subtract, .multiply, .maximum, .minimum, .squaredDifference: true
    default: false
    }
  }
}
