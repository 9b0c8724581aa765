import NeuralNetworks
import Training

/// Moves scale between layers that follow each other, so that the channels of each have similar
/// ranges: what one filter is divided by, the next layer's weights are multiplied by.
///
/// Source: Nagel et al. 2019, "Data-free quantization through weight equalization and bias
/// correction". The network computes the same, but for rounding.
public enum CrossLayerEqualization {
  private static let mostSweeps = 20

  /// The equalized float network. O(weights x sweeps).
  ///
  /// - Parameter ranges: of activations, if known: a RELU6 is taken for a RELU, which it must be to
  ///   let scale through, where no value reaches 6. Without them its layers stay as they are.
  public static func equalized(
    _ network: Network, ranges: ActivationRanges = ActivationRanges()
  ) -> (network: Network, record: CompressionRecord) {
    var result = network
    let pairs = network.main.equalizablePairs(ranges)
    for pair in pairs { result.subgraphs[0].loosen(pair.first) }
    for _ in 0..<mostSweeps {
      var largest: Float = 1
      for pair in pairs { largest = max(largest, result.subgraphs[0].equalize(pair)) }
      if largest < 1.001 { break }
    }
    let layers = network.main.tensors.indices.compactMap { index -> LayerRecord? in
      guard let before = network.main.tensors[index].floats,
        let after = result.main.tensors[index].floats, before != after
      else { return nil }
      return LayerRecord(
        name: network.main.tensors[index].name, before: before, after: after, bitsAfter: 32)
    }
    return (result, CompressionRecord(step: "equalize", layers: layers))
  }
}

/// Two operators with weights; the second one reads what the first one writes, channel by channel.
private struct LayerPair {
  let first, second: Int
}

extension Subgraph {
  fileprivate func equalizablePairs(_ ranges: ActivationRanges) -> [LayerPair] {
    operators.indices.compactMap { index in
      guard hasOwnWeights(index), letsScaleThrough(index, ranges),
        let second = nextLayer(after: operators[index].outputs[0]), hasOwnWeights(second),
        inputCount(second) == outputCount(index)
      else { return nil }
      return LayerPair(first: index, second: second)
    }
  }

  /// Whether no other operator uses an operator's constants.
  private func hasOwnWeights(_ index: Int) -> Bool {
    guard let places = WeightPlaces(operators[index].operation),
      let weights = operators[index].inputs[places.weights], tensors[weights].floats != nil
    else { return false }
    if case .transposeConv2D = operators[index].operation { return false }
    let constants = [weights] + (places.bias(of: operators[index]).map { [$0] } ?? [])
    return constants.allSatisfy { constant in
      operators.reduce(0) { $0 + $1.inputs.count { $0 == constant } } == 1
    }
  }

  private func letsScaleThrough(_ index: Int, _ ranges: ActivationRanges) -> Bool {
    switch operators[index].operation.fusedActivation {
    case .none, .relu: true
    case .relu6: (ranges[operators[index].outputs[0]]?.upperBound ?? 6) < 6
    case .reluMinus1To1: false
    }
  }

  /// The layer behind a tensor that nobody else reads, past operators that scale commutes with.
  private func nextLayer(after tensor: Int) -> Int? {
    var tensor = tensor
    while !outputs.contains(tensor) {
      let readers = operators.indices.filter { operators[$0].inputs.contains(tensor) }
      guard readers.count == 1, let reader = readers.first else { return nil }
      if let places = WeightPlaces(operators[reader].operation) {
        return operators[reader].inputs[places.value] == tensor ? reader : nil
      }
      guard commutesWithScale(operators[reader]) else { return nil }
      tensor = operators[reader].outputs[0]
    }
    return nil
  }

  private func commutesWithScale(_ op: Operator) -> Bool {
    switch op.operation {
    case .activate(.relu), .leakyReLU, .plain(.pad): true
    case .maxPool2D(let window), .averagePool2D(let window):
      window.activation == .none || window.activation == .relu
    // One position: the channels stay in their order.
    case .reshape, .squeeze:
      op.inputs[0].map { tensors[$0].shape.dimensions.last == tensors[$0].shape.elementCount }
        ?? false
    default: false
    }
  }

  private func weights(_ index: Int) -> (tensor: Int, places: WeightPlaces, shape: Shape)? {
    guard let places = WeightPlaces(operators[index].operation),
      let tensor = operators[index].inputs[places.weights]
    else { return nil }
    return (tensor, places, tensors[tensor].shape)
  }

  private func outputCount(_ index: Int) -> Int? {
    weights(index).map { $0.shape[$0.places.channelAxis] }
  }

  /// Input channels that an operator's weights tell apart.
  private func inputCount(_ index: Int) -> Int? {
    guard let weights = weights(index) else { return nil }
    if case .depthwiseConv2D(_, let multiplier) = operators[index].operation {
      return weights.shape[3] / multiplier
    }
    let count = weights.shape[weights.places.inputAxis]
    guard case .conv2D = operators[index].operation, let value = operators[index].inputs[0] else {
      return count
    }
    // The filters of a grouped convolution see a part of them.
    return tensors[value].shape[3] == count ? count : nil
  }

  /// A RELU6 that clips nothing becomes a RELU.
  fileprivate mutating func loosen(_ index: Int) {
    guard operators[index].operation.fusedActivation == .relu6 else { return }
    operators[index].operation = operators[index].operation.activating(.relu)
  }

  /// - Returns: how far the factors were from 1.
  fileprivate mutating func equalize(_ pair: LayerPair) -> Float {
    guard let (first, firstPlaces, firstShape) = weights(pair.first),
      let (second, secondPlaces, secondShape) = weights(pair.second),
      var filters = tensors[first].floats, var readers = tensors[second].floats
    else { return 1 }
    let channels = firstShape[firstPlaces.channelAxis]
    let inner = firstShape.dimensions[(firstPlaces.channelAxis + 1)...].reduce(1, *)
    let step = secondShape.dimensions[(secondPlaces.inputAxis + 1)...].reduce(1, *)
    var multiplier = 1
    if case .depthwiseConv2D(_, let count) = operators[pair.second].operation { multiplier = count }
    let extent = secondShape[secondPlaces.inputAxis]
    func reader(_ place: Int) -> Int { place / step % extent / multiplier }
    var (ranges, readerRanges) = ([Float](repeating: 0, count: channels), [Float]())
    readerRanges = ranges
    for (place, value) in filters.enumerated() {
      ranges[place / inner % channels] = max(ranges[place / inner % channels], abs(value))
    }
    for (place, value) in readers.enumerated() {
      readerRanges[reader(place)] = max(readerRanges[reader(place)], abs(value))
    }
    let factors = zip(ranges, readerRanges).map { first, second -> Float in
      let factor = (first / second).squareRoot()
      return factor > 1e-4 && factor < 1e4 ? factor : 1
    }
    for place in filters.indices { filters[place] /= factors[place / inner % channels] }
    for place in readers.indices { readers[place] *= factors[reader(place)] }
    tensors[first] = tensors[first].holding(filters)
    tensors[second] = tensors[second].holding(readers)
    if let bias = firstPlaces.bias(of: operators[pair.first]), let values = tensors[bias].floats {
      tensors[bias] = tensors[bias].holding(zip(values, factors).map { $0 / $1 })
    }
    return factors.reduce(1) { max($0, $1, 1 / $1) }
  }
}

extension Operation {
  /// Of an operator with weights.
  fileprivate var fusedActivation: Activation {
    switch self {
    case .conv2D(let convolution), .depthwiseConv2D(let convolution, _): convolution.activation
    case .fullyConnected(let activation, _, _): activation
    default: .none
    }
  }

  fileprivate func activating(_ activation: Activation) -> Operation {
    switch self {
    case .conv2D(var convolution):
      convolution.activation = activation
      return .conv2D(convolution)
    case .depthwiseConv2D(var convolution, let multiplier):
      convolution.activation = activation
      return .depthwiseConv2D(convolution, depthMultiplier: multiplier)
    case .fullyConnected(_, let keepsDimensions, let isAsymmetric):
      return .fullyConnected(
        activation: activation, keepsDimensions: keepsDimensions,
        quantizesInputsAsymmetrically: isAsymmetric)
    default: return self
    }
  }
}
