import NeuralNetworks

/// Goes through the operators of a network.
struct NetworkLowering {
  let source: Network
  var network = TrainableNetwork()
  /// By tensor.
  var values: [Int: Int] = [:]
  private var parameters: [Int: Int] = [:]
  var place = ""

  var main: Subgraph { source.main }

  init(_ network: Network) throws(ModelError) {
    source = network
    guard network.main.inputs.count == 1, network.main.outputs.count == 1,
      network.main.tensors[network.main.inputs[0]].elementType == .float32
    else {
      throw ModelError(
        place: "entry subgraph",
        found: "\(network.main.inputs.count) inputs and \(network.main.outputs.count) outputs",
        expected: "one of each, float32")
    }
    let tensor = network.main.inputs[0]
    let shape = Self.sampleShape(network.main.tensors[tensor])
    self.network.input = self.network.addValue(
      shape, tensor: tensor, name: network.main.tensors[tensor].name)
    values[tensor] = self.network.input
  }

  func finished() throws(ModelError) -> TrainableNetwork {
    guard let output = values[main.outputs[0]] else {
      throw ModelError(
        place: "output", found: "a constant", expected: "a value that depends on the input")
    }
    var result = network
    result.output = output
    result.source = source
    return result
  }

  /// Without the batch axis, which is the first.
  static func sampleShape(_ tensor: Tensor) -> [Int] {
    tensor.shape.rank > 1 && tensor.shape[0] == 1
      ? Array(tensor.shape.dimensions.dropFirst()) : tensor.shape.dimensions
  }

  func failure(_ found: String, _ expected: String) -> ModelError {
    ModelError(place: place, found: found, expected: expected)
  }

  func tensor(_ op: Operator, _ input: Int) throws(ModelError) -> Int {
    guard input < op.inputs.count, let tensor = op.inputs[input] else {
      throw failure("no operand \(input)", "one")
    }
    return tensor
  }

  /// What an operator reads: a value, or a float constant as one.
  mutating func value(_ op: Operator, _ input: Int) throws(ModelError) -> Int {
    let index = try tensor(op, input)
    if let value = values[index] { return value }
    let tensor = main.tensors[index]
    guard tensor.floats != nil else {
      throw failure(
        "the operand \(input)", "a float32 constant, or one that depends on the network's input")
    }
    let parameter = try parameter(op, input, .constant)
    let value = network.addValue(Self.sampleShape(tensor), tensor: index, name: tensor.name)
    network.nodes.append(
      Node(kind: .constant, inputs: [], output: value, parameters: [parameter], place: place))
    values[index] = value
    return value
  }

  mutating func parameter(
    _ op: Operator, _ input: Int, _ role: TrainableNetwork.Parameter.Role
  ) throws(ModelError) -> Int {
    let index = try tensor(op, input)
    if let known = parameters[index] { return known }
    let tensor = main.tensors[index]
    guard let floats = tensor.floats else {
      throw failure("\(tensor.elementType) weights \(tensor.name)", "a float32 constant")
    }
    let parameter = network.addParameter(
      tensor.name, tensor.shape.dimensions, floats, role, tensor: index)
    parameters[index] = parameter
    return parameter
  }

  mutating func weightsAndBias(
    _ op: Operator, outputAxis: Int, bias: Int = 2
  ) throws(ModelError) -> [Int] {
    let weights = try parameter(op, 1, .weight(outputAxis: outputAxis))
    guard op.inputs.count > bias, op.inputs[bias] != nil else { return [weights] }
    return [weights, try parameter(op, bias, .offset)]
  }

  /// Appends a node that makes an output of the operator, after a fused activation.
  mutating func append(
    _ kind: Node.Kind, _ op: Operator, inputs: [Int], parameters: [Int] = [],
    activation: Activation = .none, output: Int = 0
  ) {
    let tensor = op.outputs[output]
    let shape = Self.sampleShape(main.tensors[tensor])
    let name = main.tensors[tensor].name
    let function = DifferentiableActivation(fused: activation)
    var value = network.addValue(
      shape, tensor: function == nil ? tensor : nil, name: function == nil ? name : "")
    network.nodes.append(
      Node(kind: kind, inputs: inputs, output: value, parameters: parameters, place: place))
    if let function {
      let activated = network.addValue(shape, tensor: tensor, name: name)
      network.nodes.append(
        Node(kind: .activation(function), inputs: [value], output: activated, place: place))
      value = activated
    }
    values[tensor] = value
  }

  mutating func add(_ op: Operator, _ index: Int) throws(ModelError) {
    place = "operator \(index) (\(op.operation.name))"
    switch op.operation {
    case .conv2D(let attributes): try addConvolution(op, attributes)
    case .depthwiseConv2D(let attributes, let multiplier):
      try addDepthwise(op, attributes, multiplier)
    case .fullyConnected(let activation, _, _): try addDense(op, activation)
    case .maxPool2D(let window): try addPool(op, window) { .maxPool($0) }
    case .averagePool2D(let window): try addPool(op, window) { .averagePool($0) }
    case .reduce(.mean, _): try addMean(op)
    case .binary(let operation, let activation): try addBinary(op, operation, activation)
    case .concatenation(let axis, let activation):
      try addConcatenation(op, axis: axis, activation)
    case .pack(let axis): try addConcatenation(op, axis: axis)
    case .split, .splitV: try addSplit(op)
    case .unpack(let axis, _): try addParts(op, of: 0, axis: axis)
    case .transposeConv2D(let attributes): try addTransposedConvolution(op, attributes)
    case .unidirectionalSequenceLSTM(let attributes): try addLSTM(op, attributes)
    case .unidirectionalSequenceRNN(let attributes): try addRecurrent(op, attributes)
    case .whileLoop: throw failure("a loop", "its steps one after the other (unroll=True in Keras)")
    case .plain(.pad): try addPad(op)
    case .reshape, .squeeze, .plain(.expandDimensions):
      append(.reshape, op, inputs: [try value(op, 0)])
    case .softmax(let beta):
      let input = try value(op, 0)
      append(
        .softmax(beta: beta, width: network.values[input].shape.last ?? 1), op, inputs: [input])
    case .plain(.parametricReLU): try addParametricReLU(op)
    default:
      if let view = try movement(op) { return try add(view, op) }
      try addActivation(op)
    }
  }
}
