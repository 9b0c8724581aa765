extension TrainableNetwork {
  /// The graph with a rounding node behind every tensor that has a scale of its own in a quantized
  /// network: not behind what only moves elements, nor behind a softmax.
  func withRounding() -> TrainableNetwork {
    var result = self
    result.nodes = []
    var rounded: [Int: Int] = [:]
    func round(_ value: Int) {
      let copy = result.addValue(values[value].shape)
      result.nodes.append(
        Node(
          kind: .fakeQuantize, inputs: [value], output: copy,
          place: "rounding of \(values[value].name)"))
      rounded[value] = copy
    }
    round(input)
    for var node in nodes {
      node.inputs = node.inputs.map { rounded[$0] ?? $0 }
      result.nodes.append(node)
      if values[node.output].tensor != nil, node.hasOwnScale { round(node.output) }
    }
    result.output = rounded[output] ?? output
    return result
  }
}

extension TrainableNetwork {
  /// By node of a graph with rounding: where its range begins.
  func initialRanges(_ quantization: FakeQuantizationScheme?) -> [ClosedRange<Float>?] {
    nodes.map { node in
      guard case .fakeQuantize = node.kind, let tensor = values[node.inputs[0]].tensor else {
        return nil
      }
      return quantization?.ranges[tensor]
    }
  }

  /// By tensor: of rounding nodes, and of what only moves rounded elements.
  func activationRanges(_ ranges: [ClosedRange<Float>?]) -> ActivationRanges {
    var result = ActivationRanges()
    var byValue: [Int: ClosedRange<Float>] = [:]
    for (node, range) in zip(nodes, ranges) {
      if let range {
        byValue[node.output] = range
        if let tensor = values[node.inputs[0]].tensor { result[tensor] = range }
      } else if node.keepsRange, let range = byValue[node.inputs[0]] {
        byValue[node.output] = range
        if let tensor = values[node.output].tensor { result[tensor] = range }
      }
    }
    return result
  }
}

extension Node {
  fileprivate var keepsRange: Bool {
    switch kind {
    case .reshape, .view, .maxPool, .pad, .dropout: true
    default: false
    }
  }

  fileprivate var hasOwnScale: Bool {
    switch kind {
    case .reshape, .view, .constant, .maxPool, .pad, .softmax, .dropout, .fakeQuantize: false
    default: true
    }
  }
}
