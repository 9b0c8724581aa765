/// Which nodes stand for which operator.
extension ONNXGraphBuilder {
  /// - Throws: `ModelError` for an operator that is not written.
  mutating func add(operator index: Int) throws(ModelError) {
    let op = source.operators[index]
    let place = "operator \(index) (\(op.operation.name))"
    switch op.operation {
    case .conv2D(let convolution), .depthwiseConv2D(let convolution, _):
      addConvolution(op, convolution)
    case .transposeConv2D(let convolution):
      try addTransposedConvolution(op, convolution, place: place)
    case .averagePool2D(let window): addPool(op, window, type: "AveragePool")
    case .maxPool2D(let window): addPool(op, window, type: "MaxPool")
    case .fullyConnected(let activation, _, _): addFullyConnected(op, activation)
    case .batchMatMul(let product): addMatrixProduct(op, product)
    case .quantize, .dequantize: addConversion(op)
    case .binary(let operation, let activation) where Self.binaries[operation] != nil:
      addBinary(op, operation, activation)
    case .unary(let operation) where Self.unaries[operation] != nil: addUnary(op, operation)
    case .activate(let function): addActivation(op, function)
    case .logistic: addElementwise(op, "Sigmoid")
    case .leakyReLU(let slope): addElementwise(op, "LeakyRelu", [.float("alpha", slope)])
    case .softmax(let beta): addSoftmax(op, beta: beta)
    case .plain(.logSoftmax): addRows(op, "LogSoftmax", [.int("axis", -1)])
    case .l2Normalization: addRows(op, "LpNormalization", [.int("axis", -1), .int("p", 2)])
    case .gelu(let isApproximate): addGELU(op, isApproximate: isApproximate)
    case .plain(.parametricReLU): addParametricReLU(op)
    case .plain(.argumentMaximum): try addArgument(op, "ArgMax", place: place)
    case .plain(.argumentMinimum): try addArgument(op, "ArgMin", place: place)
    case .unidirectionalSequenceLSTM(let attributes):
      try addLSTM(op, attributes, place: place)
    default: try addMovement(op, place: place)
    }
  }

  private mutating func addMovement(_ op: Operator, place: String) throws(ModelError) {
    switch op.operation {
    case .reshape, .squeeze, .plain(.expandDimensions): addReshape(op)
    case .concatenation(let axis, let activation): addConcatenation(op, axis, activation)
    case .reduce(let reduction, let keepsDimensions):
      try addReduction(op, reduction, keepsDimensions: keepsDimensions, place: place)
    case .plain(.pad), .plain(.padWithValue), .mirrorPad(isSymmetric: false):
      try addPadding(op, place: place)
    case .plain(.transpose): try addTranspose(op, place: place)
    case .plain(.slice), .stridedSlice: try addSlice(op, place: place)
    case .depthToSpace(let size): addBlocks(op, "DepthToSpace", size)
    case .spaceToDepth(let size): addBlocks(op, "SpaceToDepth", size)
    case .gather(let axis, let count):
      try addGather(op, axis: axis, batchAxisCount: count, place: place)
    case .pack(let axis): addPack(op, axis: axis)
    case .unpack(let axis, _): addParts(op, of: 0, axis: axis)
    case .split: addParts(op, of: 1, axis: try check(op, place).integer(0))
    case .splitV: addParts(op, of: 0, axis: try check(op, place).integer(2))
    case .plain(.tile): try addRepetition(op, "Tile", place: place)
    case .plain(.broadcastTo): try addRepetition(op, "Expand", place: place)
    case .resize(let method, let alignsCorners, let usesHalfPixelCenters):
      addResize(op, method, alignsCorners, usesHalfPixelCenters)
    default:
      throw ModelError(
        place: place, found: "an operator that is not written as ONNX",
        expected: "one that has a form there")
    }
  }

  private static let binaries: [BinaryOperation: String] = [
    .add: "Add", .divide: "Div", .maximum: "Max", .minimum: "Min", .multiply: "Mul",
    .power: "Pow", .squaredDifference: "Sub", .subtract: "Sub",
  ]

  private static let unaries: [UnaryOperation: String] = [
    .absolute: "Abs", .ceiling: "Ceil", .cosine: "Cos", .exponential: "Exp", .floor: "Floor",
    .logarithm: "Log", .negation: "Neg", .round: "Round", .sign: "Sign", .sine: "Sin",
    .squareRoot: "Sqrt", .square: "Mul", .reciprocalSquareRoot: "Sqrt",
  ]

  // MARK: Element by element

  /// In the order that the input is there in.
  private mutating func addElementwise(
    _ op: Operator, _ type: String, _ attributes: [ONNXAttribute] = []
  ) {
    guard let input = op.inputs[0] else { return }
    let layout = nativeLayout(of: input)
    write(append(type, [real(input, layout)], attributes), to: op.outputs[0], layout)
  }

  private mutating func addUnary(_ op: Operator, _ operation: UnaryOperation) {
    guard let input = op.inputs[0], let type = Self.unaries[operation] else { return }
    let layout = nativeLayout(of: input)
    let value = real(input, layout)
    var result = append(type, operation == .square ? [value, value] : [value])
    if operation == .reciprocalSquareRoot { result = append("Reciprocal", [result]) }
    write(result, to: op.outputs[0], layout)
  }

  private mutating func addActivation(_ op: Operator, _ function: ActivationFunction) {
    guard let input = op.inputs[0] else { return }
    let layout = nativeLayout(of: input)
    let value = real(input, layout)
    let result =
      switch function {
      case .relu: activated(value, .relu)
      case .relu6: activated(value, .relu6)
      case .reluMinus1To1: activated(value, .reluMinus1To1)
      case .relu0To1: append("Clip", [value, scalar(0), scalar(1)])
      case .elu: append("Elu", [value])
      case .hardSwish: append("HardSwish", [value])
      case .tanh: append("Tanh", [value])
      }
    write(result, to: op.outputs[0], layout)
  }

  /// Images in NCHW where one of the operands is there so; constants are put in that order.
  private mutating func addBinary(
    _ op: Operator, _ operation: BinaryOperation, _ activation: Activation
  ) {
    let operands = op.inputs.compactMap { $0 }
    let isImage = operands.contains { nativeLayout(of: $0) == .channelsFirst }
    let fits = operands.allSatisfy {
      source.tensors[$0].shape.rank == 4 || source.tensors[$0].constant != nil
    }
    let layout: Layout = isImage && fits ? .channelsFirst : .rows
    let values = operands.map { real($0, layout) }
    var result = append(Self.binaries[operation] ?? "", values)
    if operation == .squaredDifference { result = append("Mul", [result, result]) }
    write(activated(result, activation), to: op.outputs[0], layout)
  }

  private mutating func addConversion(_ op: Operator) {
    guard let input = op.inputs[0] else { return }
    let layout = nativeLayout(of: input)
    var value = real(input, layout)
    if source.tensors[input].elementType == .float16 {
      value = append("Cast", [value], [.int("to", 1)])
    }
    write(value, to: op.outputs[0], layout)
  }

  // MARK: Rows

  private mutating func addRows(_ op: Operator, _ type: String, _ attributes: [ONNXAttribute]) {
    guard let input = op.inputs[0] else { return }
    write(append(type, [real(input, .rows)], attributes), to: op.outputs[0], .rows)
  }

  private mutating func addSoftmax(_ op: Operator, beta: Float) {
    guard let input = op.inputs[0] else { return }
    var value = real(input, .rows)
    if beta != 1 { value = append("Mul", [value, scalar(beta)]) }
    write(append("Softmax", [value], [.int("axis", -1)]), to: op.outputs[0], .rows)
  }

  func check(_ op: Operator, _ place: String) -> OperatorCheck {
    OperatorCheck(network: [source], subgraph: source, op: op, place: place)
  }

  static func computed(_ place: String, _ what: String) -> ModelError {
    ModelError(place: place, found: "computed \(what)", expected: "constant ones for ONNX")
  }
}
