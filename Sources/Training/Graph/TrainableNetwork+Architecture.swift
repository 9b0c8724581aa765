import NeuralNetworks
import ReproducibleMath

extension TrainableNetwork {
  /// A network with random weights: He et al. 2015 in front of rectifiers and none, Glorot and
  /// Bengio 2010 in front of saturating functions; biases are zero. O(parameters).
  ///
  /// - Parameter inputShape: of one sample, without the batch axis.
  /// - Throws: `ModelError` with the layer whose window does not fit, or that names no layer above.
  public init(
    _ architecture: Architecture, inputShape: Shape, seed: UInt64
  ) throws(ModelError) {
    var builder = ArchitectureBuilder(inputShape, seed: seed)
    for (index, layer) in architecture.layers.enumerated() {
      try builder.add(layer, index)
    }
    self = builder.network
    output = builder.current
  }
}

/// Turns layers into nodes.
struct ArchitectureBuilder {
  var network = TrainableNetwork()
  var current: Int
  private var named: [String: Int] = [:]
  let seed: UInt64
  private var place = ""

  init(_ inputShape: Shape, seed: UInt64) {
    self.seed = seed
    current = network.addValue(inputShape.dimensions, name: "input")
    network.input = current
  }

  var shape: [Int] { network.values[current].shape }

  func failure(_ found: String, _ expected: String) -> ModelError {
    ModelError(place: place, found: found, expected: expected)
  }

  mutating func add(_ layer: Architecture.Layer, _ index: Int) throws(ModelError) {
    place = "layer \(index)" + (layer.name.map { " (\($0))" } ?? "")
    let name = layer.name ?? "layer\(index)"
    switch layer.kind {
    case .convolution(let filter, let channels):
      try addConvolution(filter, channels, name)
    case .depthwise(let filter): try addDepthwise(filter, name)
    case .dense(let units, let usesBatchNorm, let activation):
      try addDense(units, activation, name, usesBatchNorm: usesBatchNorm)
    case .maxPool(let filter): try addPool(filter) { .maxPool($0) }
    case .averagePool(let filter): try addPool(filter) { .averagePool($0) }
    case .lstm(let units, let returnsSequence):
      try addLSTM(units, returnsSequence: returnsSequence, name)
    case .gru(let units, let returnsSequence):
      try addGRU(units, returnsSequence: returnsSequence, name)
    default: try addPlain(layer.kind)
    }
    network.values[current].name = name
    if let name = layer.name { named[name] = current }
  }

  private mutating func addPlain(_ kind: Architecture.Kind) throws(ModelError) {
    switch kind {
    case .batchNorm: addBatchNorm(place)
    case .activation(let activation): addActivation(activation)
    case .globalAveragePool:
      guard shape.count == 3 else { throw failure("\(shape)", "[height, width, channels]") }
      append(.mean(outer: 1, count: shape[0] * shape[1], inner: shape[2]), [shape[2]])
    case .add(let other, let activation):
      let value = try value(named: other)
      guard network.values[value].shape == shape else {
        throw failure("\(network.values[value].shape) and \(shape)", "equal shapes to add")
      }
      append(.binary(.add), shape, inputs: [current, value])
      if let activation { addActivation(activation) }
    case .concatenate(let other): try addConcatenation(try value(named: other))
    case .from(let other): current = try value(named: other)
    case .flatten: append(.reshape, [shape.reduce(1, *)])
    case .reshape(let extents):
      guard Shape(checking: extents)?.elementCount == shape.reduce(1, *) else {
        throw failure("\(extents)", "a shape of \(shape.reduce(1, *)) elements")
      }
      append(.reshape, extents)
    case .dropout(let rate): append(.dropout(rate: rate), shape)
    case .softmax: append(.softmax(beta: 1, width: shape.last ?? 1), shape)
    default: preconditionFailure("a layer with weights")
    }
  }

  private func value(named name: String) throws(ModelError) -> Int {
    if let value = named[name] { return value }
    let names = named.keys.sorted().joined(separator: ", ")
    throw failure("the layer \(name)", "the name of a layer above: \(names)")
  }

  mutating func append(
    _ kind: Node.Kind, _ shape: [Int], inputs: [Int]? = nil, parameters: [Int] = []
  ) {
    let inputs = inputs ?? [current]
    current = network.addValue(shape)
    network.nodes.append(
      Node(kind: kind, inputs: inputs, output: current, parameters: parameters, place: place))
  }

  private mutating func addActivation(_ activation: DifferentiableActivation) {
    append(.activation(activation), shape)
  }

  private mutating func addBatchNorm(_ name: String) {
    let channels = shape.last ?? 1
    let parameters = [
      ("scale", Float(1), TrainableNetwork.Parameter.Role.offset), ("shift", 0, .offset),
      ("mean", 0, .statistic), ("variance", 1, .statistic),
    ].map { part, value, role in
      network.addParameter(
        "\(name)/\(part)", [channels], Array(repeating: value, count: channels), role)
    }
    append(.batchNorm(channels: channels, epsilon: 1e-3), shape, parameters: parameters)
  }

  private mutating func addConcatenation(_ other: Int) throws(ModelError) {
    let otherShape = network.values[other].shape
    guard let own = shape.last, let width = otherShape.last,
      otherShape.dropLast() == shape.dropLast()
    else { throw failure("\(otherShape) and \(shape)", "shapes that differ in the last axis only") }
    append(
      .concatenate(rows: shape.dropLast().reduce(1, *), widths: [own, width]),
      Array(shape.dropLast()) + [own + width], inputs: [current, other])
  }

  private func geometry(_ filter: Architecture.Filter) throws(ModelError) -> PatchGeometry {
    guard
      let geometry = PatchGeometry(
        input: shape, filter: (filter.height, filter.width),
        stride: (filter.strideHeight, filter.strideWidth), isSame: filter.isSame)
    else {
      throw failure(
        "a window of \(filter.height) x \(filter.width) on \(shape)",
        "one that fits into [height, width, channels]")
    }
    return geometry
  }

  private mutating func addPool(
    _ filter: Architecture.Filter, _ kind: (PatchGeometry) -> Node.Kind
  ) throws(ModelError) {
    let geometry = try geometry(filter)
    append(kind(geometry), [geometry.outputHeight, geometry.outputWidth, geometry.channels])
  }

  private mutating func addConvolution(
    _ filter: Architecture.Filter, _ channels: Int, _ name: String
  ) throws(ModelError) {
    let geometry = try geometry(filter)
    let weights = weights(
      name, [channels, filter.height, filter.width, geometry.channels], outputAxis: 0,
      fanIn: geometry.taps * geometry.channels, fanOut: geometry.taps * channels,
      filter.activation)
    append(
      .convolution(geometry, outputs: channels),
      [geometry.outputHeight, geometry.outputWidth, channels],
      parameters: [weights, bias(name, channels)])
    finish(name, filter.usesBatchNorm, filter.activation)
  }

  private mutating func addDepthwise(
    _ filter: Architecture.Filter, _ name: String
  ) throws(ModelError) {
    let geometry = try geometry(filter)
    let weights = weights(
      name, [1, filter.height, filter.width, geometry.channels], outputAxis: 3,
      fanIn: geometry.taps, fanOut: geometry.taps, filter.activation)
    append(
      .depthwise(geometry), [geometry.outputHeight, geometry.outputWidth, geometry.channels],
      parameters: [weights, bias(name, geometry.channels)])
    finish(name, filter.usesBatchNorm, filter.activation)
  }

  private mutating func addDense(
    _ units: Int, _ activation: DifferentiableActivation?, _ name: String, usesBatchNorm: Bool
  ) throws(ModelError) {
    guard let inputs = shape.last, shape.count == 1 else {
      throw failure("\(shape)", "a flat input: a layer flatten or globalAveragePool above")
    }
    let weights = weights(
      name, [units, inputs], outputAxis: 0, fanIn: inputs, fanOut: units, activation)
    append(
      .dense(rows: 1, inputs: inputs, outputs: units), [units],
      parameters: [weights, bias(name, units)])
    finish(name, usesBatchNorm, activation)
  }

  private mutating func finish(
    _ name: String, _ usesBatchNorm: Bool, _ activation: DifferentiableActivation?
  ) {
    if usesBatchNorm { addBatchNorm(name) }
    if let activation { addActivation(activation) }
  }

  mutating func bias(_ name: String, _ count: Int) -> Int {
    network.addParameter("\(name)/bias", [count], Array(repeating: 0, count: count), .offset)
  }

  mutating func weights(
    _ name: String, _ shape: [Int], outputAxis: Int, fanIn: Int, fanOut: Int,
    _ activation: DifferentiableActivation?
  ) -> Int {
    let variance: Double
    switch activation {
    case .tanh, .logistic: variance = 2 / Double(fanIn + fanOut)
    default: variance = 2 / Double(fanIn)
    }
    var random = RandomStream(seed: seed, name: "weights of \(name)")
    let deviation = variance.squareRoot()
    let values = (0..<shape.reduce(1, *)).map { _ in Float(deviation * random.normal()) }
    return network.addParameter(name, shape, values, .weight(outputAxis: outputAxis))
  }
}
