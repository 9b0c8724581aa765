import NeuralNetworks

extension Network {
  /// The network without the channels that never change: what they add is in the biases of the
  /// layers that read them.
  ///
  /// Exact: the outputs are the same, bit for bit. Tensors keep their indices and operators their
  /// order; inputs and outputs keep their shapes.
  ///
  /// A network whose quantization cannot be used stays as it is: preparing its kernels says why.
  func withoutConstantChannels(_ arithmetic: Arithmetic) -> Network {
    // Which channels of a depthwise layer that arithmetic rounds otherwise depends on their number.
    guard arithmetic != .doubleRoundingHalfUp else { return self }
    var network = self
    for index in subgraphs.indices {
      guard let constants = try? ConstantChannels(subgraphs[index], arithmetic: arithmetic),
        !constants.values.isEmpty
      else { continue }
      let removal = ChannelRemoval(subgraphs[index], constants)
      network.subgraphs[index] = removal.applied(to: subgraphs[index])
    }
    return network
  }
}

/// Which channels of which tensors leave a subgraph.
struct ChannelRemoval {
  private let constants: ConstantChannels
  private let layers: [ChannelLayer?]
  /// By tensor; at least one channel stays.
  private var removed: [Int: Set<Int>]

  init(_ subgraph: Subgraph, _ constants: ConstantChannels) {
    self.constants = constants
    layers = subgraph.operators.map { op in
      ChannelLayer(
        KernelContext(
          op: op, subgraph: subgraph, arithmetic: .doubleRounding, kernels: .reference, place: ""))
    }
    removed = constants.values.mapValues { Set($0.keys) }
    keepWhatOthersSee(subgraph)
    while narrow() {}
  }

  /// Tensors of the interface, of other operators, and one channel of each.
  private mutating func keepWhatOthersSee(_ subgraph: Subgraph) {
    for tensor in subgraph.inputs + subgraph.outputs { removed[tensor] = nil }
    var producers: [Int: Int] = [:]
    for (op, layer) in zip(subgraph.operators, layers) {
      for output in op.outputs {
        producers[output, default: 0] += 1
        if layer == nil || producers[output] != 1 { removed[output] = nil }
      }
      for input in op.inputs.dropFirst(layer == nil ? 0 : 1).compactMap({ $0 }) {
        removed[input] = nil
      }
    }
    for (tensor, channels) in removed {
      let isKept = subgraph.tensors[tensor].isVariable
      if isKept { removed[tensor] = nil }
      if channels.count == subgraph.tensors[tensor].shape.dimensions.last {
        removed[tensor]?.remove(0)
      }
    }
  }

  /// Keeps channels that a reader cannot do without, once; whether there were any.
  private mutating func narrow() -> Bool {
    var hasChanged = false
    for case let layer? in layers {
      let before = removed[layer.input] ?? []
      var channels = before
      if layer.kind != .passing { channels.formIntersection(constants.foldable(layer).keys) }
      if layer.kind != .mixing {
        let after = removed[layer.output] ?? []
        channels.formIntersection(after)
        if channels != after {
          removed[layer.output] = channels
          hasChanged = true
        }
      }
      if channels != before {
        removed[layer.input] = channels
        hasChanged = true
      }
    }
    return hasChanged
  }

  func applied(to subgraph: Subgraph) -> Subgraph {
    var result = subgraph
    for (number, layer) in layers.enumerated() {
      guard let layer else { continue }
      let gone = removed[layer.input] ?? []
      let outputs = kept(layer.outputChannels, without: layer.output)
      guard !gone.isEmpty || outputs.count < layer.outputChannels else { continue }
      if layer.kind == .passing {
        if case .reshape = subgraph.operators[number].operation {
          result.operators[number].inputs = [layer.input]
        }
        continue
      }
      replaceWeights(of: number, layer, gone: gone, outputs: outputs, in: &result)
    }
    for (tensor, channels) in removed where !channels.isEmpty {
      let dimensions = subgraph.tensors[tensor].shape.dimensions
      let count = (dimensions.last ?? 0) - channels.count
      result.tensors[tensor].shape = Shape(dimensions.dropLast() + [count])
    }
    return result
  }

  private func kept(_ count: Int, without tensor: Int) -> [Int] {
    let gone = removed[tensor] ?? []
    return (0..<count).filter { !gone.contains($0) }
  }

  private func replaceWeights(
    of number: Int, _ layer: ChannelLayer, gone: Set<Int>, outputs: [Int],
    in subgraph: inout Subgraph
  ) {
    let op = subgraph.operators[number]
    guard let old = op.inputs[1] else { return }
    let layer = layer.loaded
    let inputs = (0..<layer.inputChannels).filter { !gone.contains($0) }
    let constant = constants.values[layer.input]?.filter { gone.contains($0.key) } ?? [:]
    var weights = subgraph.tensors[old]
    var values: [Int8] = []
    var dimensions = weights.shape.dimensions
    if layer.kind == .mixing {
      for output in outputs {
        for tap in 0..<layer.taps {
          values += inputs.map { layer.weight(input: $0, output: output, tap: tap) }
        }
      }
      (dimensions[0], dimensions[dimensions.count - 1]) = (outputs.count, inputs.count)
    } else {
      for tap in 0..<layer.taps {
        values += outputs.map { layer.weight(input: $0, output: $0, tap: tap) }
      }
      dimensions[dimensions.count - 1] = outputs.count
    }
    weights.shape = Shape(dimensions)
    weights.constant = ConstantData(bytes: values.map { UInt8(bitPattern: $0) })
    weights.quantization = weights.quantization?.selecting(outputs)
    // What a removed channel of a separate layer adds leaves with its output.
    let biases = outputs.map { output in
      layer.bias[output]
        &+ (layer.kind == .mixing ? layer.folded(constant, output: output) : 0)
    }
    let bias = Tensor(
      name: weights.name + " bias", elementType: .int32, shape: [biases.count],
      constant: ConstantData(bytes: biases.withUnsafeBytes { Array($0) }))
    subgraph.operators[number].inputs = [
      layer.input, subgraph.tensors.count, subgraph.tensors.count + 1,
    ]
    subgraph.tensors += [weights, bias]
  }
}

extension Quantization {
  /// The scales of some channels; per-tensor quantization stays.
  fileprivate func selecting(_ channels: [Int]) -> Quantization {
    guard isPerChannel else { return self }
    return Quantization(
      scales: channels.map { scales[$0] }, zeroPoints: channels.map { zeroPoints[$0] }, axis: axis)
  }
}
