import NeuralNetworks
import ReproducibleMath

/// How much the slices of a layer's weights matter.
extension WeightLayer {
  /// One sum for each output, or for each input, over all weights of its slice, in the tensor's
  /// order. O(weights).
  func sliceSums<Value: BinaryFloatingPoint>(
    _ values: [Value], outputs: Bool, _ term: (Double) -> Double
  ) -> [Double] {
    var sums = [Double](repeating: 0, count: outputs ? outputCount : inputCount)
    for output in 0..<outputCount {
      for tap in 0..<tapCount {
        for input in 0..<inputCount {
          let value = Double(values[index(output: output, tap: tap, input: input)])
          sums[outputs ? output : input] += term(value)
        }
      }
    }
    return sums
  }
}

extension ChannelPruning.Criterion {
  /// One score for each slice along the axis.
  func scores(
    _ axis: ChannelCandidates.ScoredAxis, _ weights: [Float], _ statistics: ChannelActivity?
  ) -> [Double] {
    let (layer, outputs) = (axis.layer, axis.isOutput)
    switch self {
    case .l1: return layer.sliceSums(weights, outputs: outputs) { $0.magnitude }
    case .l2:
      return layer.sliceSums(weights, outputs: outputs) { $0 * $0 }.map { $0.squareRoot() }
    case .taylor(let batches):
      var scores = axis.roots.map { _ in 0.0 }
      for gradients in batches.compactMap({ $0[layer.weights] }) {
        let products = zip(weights, gradients).map { Double($0) * Double($1) }
        for (slice, sum) in layer.sliceSums(products, outputs: outputs, { $0 }).enumerated() {
          scores[slice] += sum * sum / Double(batches.count)
        }
      }
      return scores
    case .random(let seed):
      var random = RandomStream(seed: seed, name: "channels of \(layer.name)")
      return axis.roots.map { _ in random.uniform() }
    case .meanActivation:
      return statistics?[outputs ? layer.output : layer.input, axis.roots.count].means ?? []
    case .zeroActivations:
      return statistics?[outputs ? layer.output : layer.input, axis.roots.count].activeShares ?? []
    }
  }
}
