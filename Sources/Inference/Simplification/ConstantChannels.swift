import NeuralNetworks

/// Channels of int8 activations that hold one value whatever the input: where filters were pruned
/// to zero, and what follows from them.
struct ConstantChannels {
  /// By tensor and channel (an index of the last axis).
  private(set) var values: [Int: [Int: Int8]] = [:]

  /// O(weights).
  ///
  /// - Throws: when a quantization cannot be used.
  init(_ subgraph: Subgraph, arithmetic: Arithmetic) throws(ModelError) {
    for op in subgraph.operators {
      let context = KernelContext(
        op: op, subgraph: subgraph, arithmetic: arithmetic, kernels: .reference,
        place: op.operation.name)
      guard let layer = ChannelLayer(context)?.loaded else { continue }
      let found =
        switch layer.kind {
        case .mixing: try mixed(layer, context)
        case .separate: try separate(layer, context)
        case .passing: passed(layer, context)
        }
      if !found.isEmpty { values[op.outputs[0]] = found }
    }
  }

  /// Constant channels of a layer's input that add the same to its output at every position.
  func foldable(_ layer: ChannelLayer) -> [Int: Int8] {
    let known = values[layer.input] ?? [:]
    return layer.meetsPadding ? known.filter { Int($0.value) == layer.zeroPoint } : known
  }

  /// A filter without weights on channels that vary.
  private func mixed(
    _ layer: ChannelLayer, _ context: KernelContext
  ) throws(ModelError) -> [Int: Int8] {
    let stage = try layer.outputStage(context)
    let constants = foldable(layer)
    let varying = (0..<layer.inputChannels).filter { constants[$0] == nil }
    var result: [Int: Int8] = [:]
    for channel in 0..<layer.outputChannels
    where varying.allSatisfy({ layer.isZero(input: $0, output: channel) }) {
      let sum = layer.bias[channel] &+ layer.folded(constants, output: channel)
      result[channel] = stage.stored(sum, channel: channel)
    }
    return result
  }

  private func separate(
    _ layer: ChannelLayer, _ context: KernelContext
  ) throws(ModelError) -> [Int: Int8] {
    let stage = try layer.outputStage(context)
    var result: [Int: Int8] = [:]
    for (channel, value) in foldable(layer) {
      let sum = layer.bias[channel] &+ layer.folded([channel: value], output: channel)
      result[channel] = stage.stored(sum, channel: channel)
    }
    return result
  }

  /// The average and the largest of equal values are that value.
  private func passed(_ layer: ChannelLayer, _ context: KernelContext) -> [Int: Int8] {
    let range = layer.clamp(context)
    return (values[layer.input] ?? [:]).mapValues {
      Int8(truncatingIfNeeded: min(max(Int32($0), range.low), range.high))
    }
  }
}
