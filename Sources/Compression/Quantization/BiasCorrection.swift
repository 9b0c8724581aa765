import NeuralNetworks
import Training

/// Takes out of a network's biases what rounding its weights will shift its sums by.
///
/// Source: Nagel et al. 2019, "Data-free quantization through weight equalization and bias
/// correction", with means measured on samples: E[Wx] - E[W'x] = (W - W') E[x]. At padded borders,
/// where fewer products count, the mean is that of the whole.
public struct BiasCorrection: Sendable {
  private let settings: QuantizationSettings

  /// - Parameter settings: with which the network will be quantized.
  public init(_ settings: QuantizationSettings) { self.settings = settings }

  /// The float network with other biases; layers without one get one. O(samples x network).
  ///
  /// - Throws: `ModelError` as `Calibrator`.
  public func corrected(
    _ network: Network, on samples: SampleSet
  ) throws(ModelError) -> Network {
    let observed = try ObservedNetwork(network, samples)
    var means = observed.tensors.map { _ in ChannelMeans() }
    let depths = Self.depths(network.main)
    try observed.run { _, place, values in
      if let depth = depths[observed.tensors[place]] { means[place].add(values, depth: depth) }
    }
    var result = network
    for (place, tensor) in observed.tensors.enumerated() where depths[tensor] != nil {
      for index in network.main.operators.indices {
        let op = network.main.operators[index]
        guard let places = WeightPlaces(op.operation), op.inputs[places.value] == tensor else {
          continue
        }
        result.subgraphs[0].correct(operator: index, places, means[place].values, settings)
      }
    }
    return result
  }

  /// Values of one position, by the tensor that an operator with weights reads.
  private static func depths(_ graph: Subgraph) -> [Int: Int] {
    var depths: [Int: Int] = [:]
    for op in graph.operators {
      guard let places = WeightPlaces(op.operation), let value = op.inputs[places.value],
        let weights = op.inputs[places.weights]
      else { continue }
      switch op.operation {
      case .conv2D, .depthwiseConv2D: depths[value] = graph.tensors[value].shape[3]
      case .fullyConnected: depths[value] = graph.tensors[weights].shape[1]
      // Positions of a transposed convolution see different taps.
      default: continue
      }
    }
    return depths
  }
}

/// Means of each channel over positions and samples.
private struct ChannelMeans {
  private var sums: [Double] = []
  private var count = 0.0

  mutating func add(_ values: UnsafeBufferPointer<Float>, depth: Int) {
    if sums.isEmpty { sums = Array(repeating: 0, count: depth) }
    for (index, value) in values.enumerated() { sums[index % depth] += Double(value) }
    count += Double(values.count / depth)
  }

  var values: [Double] { sums.map { $0 / max(count, 1) } }
}

extension Subgraph {
  fileprivate mutating func correct(
    operator index: Int, _ places: WeightPlaces, _ means: [Double], _ settings: QuantizationSettings
  ) {
    let op = operators[index]
    guard let tensor = op.inputs[places.weights], let weights = tensors[tensor].floats else {
      return
    }
    let shape = tensors[tensor].shape
    let rounded = WeightQuantization(
      symmetric: weights, bits: settings.weightBits(of: tensors[tensor].name),
      groups: WeightGroups(settings.granularity, shape: shape, axis: places.channelAxis)
    ).values
    let channels = shape[places.channelAxis]
    var shifts = [Double](repeating: 0, count: channels)
    let inner = shape.dimensions[(places.channelAxis + 1)...].reduce(1, *)
    for place in weights.indices {
      let channel = place / inner % channels
      let source: Int
      switch op.operation {
      case .depthwiseConv2D(_, let multiplier): source = channel / multiplier
      // Of a grouped convolution, the channels of the filter's group.
      default:
        let depth = shape.dimensions[shape.rank - 1]
        source = channel / max(channels * depth / means.count, 1) * depth + place % depth
      }
      shifts[channel] += Double(weights[place] - rounded[place]) * means[source]
    }
    let bias = places.bias(of: op)
    let old = bias.flatMap { tensors[$0].floats } ?? Array(repeating: 0, count: channels)
    let new = zip(old, shifts).map { Float(Double($0) + $1) }
    // The constant may be another operator's too.
    operators[index].inputs.removeSubrange(places.bias..<max(op.inputs.count, places.bias))
    operators[index].inputs.append(tensors.count)
    let name = bias.map { tensors[$0].name } ?? tensors[tensor].name + "/bias"
    tensors.append(
      Tensor(name: name, elementType: .float32, shape: [channels]).holding(new))
  }
}
