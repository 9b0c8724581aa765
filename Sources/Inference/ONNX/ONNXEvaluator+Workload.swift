import NeuralNetworks

extension ONNXEvaluator {
  /// What a run on these inputs asks of a device, node by node of the outermost graph; what inner
  /// graphs do counts for the node that runs them.
  public func workload(_ inputs: [ONNXValue]) throws(ModelError) -> NetworkWorkload {
    try check(inputs)
    var operators: [OperatorWorkload] = []
    let evaluation = evaluation(of: inputs) { step, run in
      if !run.isInner { operators.append(OperatorWorkload(step.node, run)) }
    }
    _ = try run(evaluation, inputs)
    return NetworkWorkload(operators: operators, arenaBytes: evaluation.mostLiveBytes)
  }

  /// An input of zeros in the declared shape; unknown extents are 1.
  public static func zeros(_ info: ONNXValueInfo) throws(ModelError) -> ONNXValue {
    guard case .tensor(let type, let dimensions) = info.type else {
      throw ModelError(
        place: "input \"\(info.name)\"", found: "no tensor", expected: "a value for it")
    }
    let shape = try checkedShape(
      (dimensions ?? []).map { if case .fixed(let extent) = $0 { extent } else { 1 } })
    let tensor = try TensorValue(unfilled: type, shape)
    tensor.buffer.base.initializeMemory(as: UInt8.self, repeating: 0, count: tensor.byteCount)
    return .tensor(tensor)
  }
}

extension OperatorWorkload {
  fileprivate init(_ node: ONNXNode, _ run: NodeRun) {
    let inputs = run.inputs.compactMap { $0 }
    let constants = inputs.filter(\.isConstant)
    let activations = inputs.filter { !$0.isConstant }
    self.init(
      name: node.qualifiedOperator, operatorClass: OperatorClass(node, run),
      elementType: (activations.first ?? run.outputs.first)?.elementType ?? .float32,
      macs: run.macs, outputElements: run.outputs.reduce(0) { $0 + $1.elementCount },
      weightBytes: constants.reduce(0) { $0 + $1.byteCount },
      inputBytes: activations.reduce(0) { $0 + $1.byteCount },
      outputBytes: run.outputs.reduce(0) { $0 + $1.byteCount })
  }
}

extension ONNXValue {
  fileprivate var isConstant: Bool {
    if case .tensor(let tensor) = self { tensor.buffer.isConstant } else { false }
  }

  fileprivate var elementCount: Int {
    switch self {
    case .tensor(let tensor): tensor.count
    case .sequence(let values): values.reduce(0) { $0 + $1.elementCount }
    case .nothing: 0
    }
  }

  fileprivate var shape: Shape {
    if case .tensor(let tensor) = self { tensor.shape } else { [] }
  }
}

extension OperatorClass {
  private static let dataMovement: Set<String> = [
    "Compress", "Concat", "ConcatFromSequence", "DepthToSpace", "Expand", "Gather",
    "GatherElements", "GatherND", "Pad", "ReverseSequence", "Scatter", "ScatterElements",
    "ScatterND", "Slice", "SpaceToDepth", "Split", "SplitToSequence", "Tile", "Transpose", "Trilu",
  ]
  private static let bookkeeping: Set<String> = [
    "Constant", "Flatten", "Identity", "Reshape", "SequenceAt", "SequenceConstruct", "Shape",
    "Size", "Squeeze", "Unsqueeze",
  ]

  fileprivate init(_ node: ONNXNode, _ run: NodeRun) {
    let name = node.operatorType
    if Self.dataMovement.contains(name) {
      self = .dataMovement
    } else if Self.bookkeeping.contains(name) {
      self = .bookkeeping
    } else if name.hasSuffix("Pool") {
      self = .pooling
    } else if name.contains("Conv"), let weights = run.convolutionWeights {
      let isPointwise = weights.dimensions.dropFirst(2).allSatisfy { $0 == 1 }
      let isDepthwise =
        weights[1] == 1
        && run.outputs.first?.shape.dimensions.dropFirst().first
          == weights[0]
        && weights[0] > 1
      self =
        isDepthwise ? .depthwiseConvolution : isPointwise ? .pointwiseConvolution : .convolution
    } else {
      self = run.macs > 0 ? .fullyConnected : .elementwise
    }
  }
}

extension NodeRun {
  /// The second input with as many axes as the first.
  fileprivate var convolutionWeights: Shape? {
    let shapes = inputs.compactMap { $0?.shape }.filter { $0.rank >= 3 }
    return shapes.count >= 2 ? shapes[1] : nil
  }
}
