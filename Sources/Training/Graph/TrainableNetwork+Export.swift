import NeuralNetworks
import ReproducibleMath

extension TrainableNetwork {
  /// The network with the weights found so far: the one it came from with other constants, or that
  /// of the architecture, with batch norms folded and activations fused. O(parameters).
  ///
  /// - Parameter name: of a network that came from an architecture.
  public func network(name: String = "network") -> Network {
    guard var result = source else { return NetworkExport(self, name: name).network() }
    for parameter in parameters where parameter.isTrained {
      guard let tensor = parameter.tensor else { continue }
      result.subgraphs[0].tensors[tensor] =
        result.subgraphs[0].tensors[tensor].holding(parameter.values)
    }
    return result
  }
}

/// Turns nodes into operators.
struct NetworkExport {
  let graph: TrainableNetwork
  private let name: String
  private var tensors: [Tensor] = []
  var operators: [Operator] = []
  /// Tensor of a value.
  private var places: [Int: Int] = [:]
  /// Tensor of a parameter: one for all that share it. A batch norm that is folded into weights has
  /// them for itself.
  private var constants: [Int: Int] = [:]
  /// By name and elements.
  private var integerConstants: [String: Int] = [:]

  init(_ graph: TrainableNetwork, name: String) {
    self.graph = graph
    self.name = name
  }

  func network() -> Network {
    var copy = self
    return copy.built()
  }

  private mutating func built() -> Network {
    let input = add(value: graph.input)
    var index = 0
    while index < graph.nodes.count { index += addOperator(at: index) }
    guard let output = places[graph.output] else { preconditionFailure("an output without a node") }
    return Network(
      name: name,
      subgraphs: [
        Subgraph(
          name: "main", tensors: tensors, inputs: [input], outputs: [output], operators: operators)
      ], fileByteCount: 0)
  }

  mutating func add(value: Int) -> Int {
    let stated = graph.values[value]
    tensors.append(
      Tensor(
        name: stated.name.isEmpty ? "value\(value)" : stated.name, elementType: .float32,
        shape: Shape([1] + stated.shape)))
    places[value] = tensors.count - 1
    return tensors.count - 1
  }

  private mutating func add(_ name: String, _ shape: [Int], _ values: [Float]) -> Int {
    let empty = Tensor(name: name, elementType: .float32, shape: Shape(shape))
    tensors.append(empty.holding(values))
    return tensors.count - 1
  }

  mutating func addVariable(_ name: String, _ shape: Shape) -> Int {
    tensors.append(Tensor(name: name, elementType: .float32, shape: shape, isVariable: true))
    return tensors.count - 1
  }

  private mutating func add(_ parameter: TrainableNetwork.Parameter, _ index: Int) -> Int {
    if let known = constants[index] { return known }
    let tensor = add(parameter.name, parameter.shape, parameter.values)
    constants[index] = tensor
    return tensor
  }

  private mutating func add(_ name: String, integers: [Int], _ shape: Shape? = nil) -> Int {
    let key = "\(name) \(integers)"
    if let known = integerConstants[key] { return known }
    let bytes = integers.map { Int32($0) }.withUnsafeBytes { Array($0) }
    tensors.append(
      Tensor(
        name: name, elementType: .int32, shape: shape ?? [integers.count],
        constant: ConstantData(bytes: bytes)))
    integerConstants[key] = tensors.count - 1
    return tensors.count - 1
  }

  /// The node right behind that is the only one to read a value.
  private func onlyReader(of value: Int, after index: Int) -> Node? {
    let readers = graph.nodes.filter { $0.inputs.contains(value) }
    guard value != graph.output, readers.count == 1, index + 1 < graph.nodes.count,
      graph.nodes[index + 1].inputs.first == value
    else { return nil }
    return graph.nodes[index + 1]
  }

  /// - Returns: how many nodes became the operator.
  private mutating func addOperator(at index: Int) -> Int {
    var consumed = 1
    var last = graph.nodes[index]
    var parameters = last.parameters.map { graph.parameters[$0] }
    if last.hasWeights, let next = onlyReader(of: last.output, after: index),
      case .batchNorm(_, let epsilon) = next.kind
    {
      fold(next, epsilon, into: &parameters)
      (last, consumed) = (next, 2)
    }
    var activation = Activation.none
    if graph.nodes[index].canFuse,
      let next = onlyReader(of: last.output, after: index + consumed - 1),
      case .activation(let function) = next.kind, let fused = function.fused
    {
      (last, consumed, activation) = (next, consumed + 1, fused)
    }
    append(graph.nodes[index], parameters, activation, output: last.output)
    return consumed
  }

  private func fold(
    _ norm: Node, _ epsilon: Float, into parameters: inout [TrainableNetwork.Parameter]
  ) {
    let parts = norm.parameters.map { graph.parameters[$0].values }
    let factors = zip(parts[0], parts[3]).map { $0 / ($1 + epsilon).squareRoot() }
    guard case .weight(let axis) = parameters[0].role else { return }
    let inner = parameters[0].shape[(axis + 1)...].reduce(1, *)
    for place in parameters[0].values.indices {
      parameters[0].values[place] *= factors[place / inner % factors.count]
    }
    for channel in factors.indices {
      let bias = parameters[1].values[channel] - parts[2][channel]
      parameters[1].values[channel] = bias * factors[channel] + parts[1][channel]
    }
  }

  private mutating func append(
    _ node: Node, _ parameters: [TrainableNetwork.Parameter], _ activation: Activation,
    output: Int
  ) {
    var inputs: [Int?] = node.inputs.map { places[$0] }
    if case .constant = node.kind {
      // With the batch axis that all values have.
      let shape = [1] + graph.values[output].shape
      places[output] = add(parameters[0].name, shape, parameters[0].values)
      return
    }
    inputs += zip(parameters, node.parameters).map { add($0, $1) }
    let operation: Operation
    switch node.kind {
    case .convolution(let geometry, _): operation = .conv2D(geometry.attributes(activation))
    case .depthwise(let geometry):
      operation = .depthwiseConv2D(geometry.attributes(activation), depthMultiplier: 1)
    case .dense:
      operation = .fullyConnected(
        activation: activation, keepsDimensions: graph.values[output].shape.count > 1)
    case .maxPool(let geometry): operation = .maxPool2D(geometry.window(activation))
    case .averagePool(let geometry): operation = .averagePool2D(geometry.window(activation))
    case .binary(.add): operation = .binary(.add, activation: activation)
    case .binary(.subtract): operation = .binary(.subtract, activation: activation)
    case .binary(.multiply): operation = .binary(.multiply, activation: activation)
    case .concatenate:
      operation = .concatenation(axis: concatenationAxis(node), activation: activation)
    case .softmax(let beta, _): operation = .softmax(beta: beta)
    case .activation(let function): operation = function.operation
    case .parametricReLU: operation = .plain(.parametricReLU)
    case .mean:
      inputs.append(add("\(node.place)/axes", integers: [1, 2]))
      operation = .reduce(.mean, keepsDimensions: false)
    case .pad(let image):
      inputs.append(
        add(
          "\(node.place)/paddings",
          integers: [0, 0, image.top, image.bottom, image.left, image.right, 0, 0], [4, 2]))
      operation = .plain(.pad)
    case .batchNorm(_, let epsilon): return appendNorm(node, parameters, epsilon, output)
    case .reshape:
      let shape = [1] + graph.values[output].shape
      inputs.append(add("\(node.place)/shape", integers: shape))
      operation = .reshape(shape: shape)
    case .view(let view):
      let (begins, sizes) = slice(view, of: node.inputs[0])
      inputs += [
        add("\(node.place)/begin", integers: begins), add("\(node.place)/size", integers: sizes),
      ]
      operation = .plain(.slice)
    case .lstm(let layer): return appendLSTM(layer, node, inputs, output)
    case .repeatChannels, .transposedConvolution, .recurrent, .constant:
      preconditionFailure("no layer of an architecture")
    case .dropout, .fakeQuantize:
      // Nothing at inference: later nodes read the operand.
      places[output] = places[node.inputs[0]]
      return
    }
    operators.append(
      Operator(operation: operation, inputs: inputs, outputs: [add(value: output)]))
  }

  /// A batch norm that no layer in front can take in: a product and a sum.
  private mutating func appendNorm(
    _ node: Node, _ parameters: [TrainableNetwork.Parameter], _ epsilon: Float, _ output: Int
  ) {
    let channels = parameters[0].values.count
    let factors = zip(parameters[0].values, parameters[3].values).map {
      $0 / ($1 + epsilon).squareRoot()
    }
    let shifts = factors.indices.map {
      parameters[1].values[$0] - parameters[2].values[$0] * factors[$0]
    }
    // The statistics were appended as operands of one operator: they are replaced.
    tensors.removeLast(parameters.count)
    let scaled = tensors.count
    tensors.append(
      Tensor(
        name: "\(node.place)/scaled", elementType: .float32,
        shape: Shape([1] + graph.values[output].shape)))
    let factor = add("\(node.place)/factor", [channels], factors)
    let shift = add("\(node.place)/shift", [channels], shifts)
    operators.append(
      Operator(
        operation: .binary(.multiply, activation: .none),
        inputs: [places[node.inputs[0]], factor], outputs: [scaled]))
    operators.append(
      Operator(
        operation: .binary(.add, activation: .none), inputs: [scaled, shift],
        outputs: [add(value: output)]))
  }
}

extension Node {
  fileprivate var hasWeights: Bool {
    switch kind {
    case .convolution, .depthwise, .dense: true
    default: false
    }
  }

  /// Whether the operator takes an activation.
  fileprivate var canFuse: Bool {
    switch kind {
    case .convolution, .depthwise, .dense, .maxPool, .averagePool, .binary, .concatenate: true
    default: false
    }
  }
}

extension PatchGeometry {
  private var padding: Padding { isSame ? .same : .valid }

  fileprivate func attributes(_ activation: Activation) -> Convolution2D {
    Convolution2D(
      padding: padding, strideHeight: strideHeight, strideWidth: strideWidth,
      dilationHeight: dilationHeight, dilationWidth: dilationWidth, activation: activation)
  }

  fileprivate func window(_ activation: Activation) -> Window2D {
    Window2D(
      padding: padding, strideHeight: strideHeight, strideWidth: strideWidth,
      filterHeight: filterHeight, filterWidth: filterWidth, activation: activation)
  }
}

extension DifferentiableActivation {
  /// The clamp that operators apply themselves; nil for other functions.
  fileprivate var fused: Activation? {
    switch self {
    case .relu: .relu
    case .relu6: .relu6
    case .reluMinus1To1: .reluMinus1To1
    default: nil
    }
  }

  fileprivate var operation: Operation {
    switch self {
    case .relu: .activate(.relu)
    case .relu6: .activate(.relu6)
    case .reluMinus1To1: .activate(.reluMinus1To1)
    case .tanh: .activate(.tanh)
    case .elu: .activate(.elu)
    case .hardSwish: .activate(.hardSwish)
    case .logistic: .logistic
    case .leakyReLU(let slope): .leakyReLU(slope: slope)
    case .gelu: .gelu(isApproximate: true)
    }
  }
}
