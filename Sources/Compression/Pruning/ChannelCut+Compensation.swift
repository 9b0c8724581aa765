import NeuralNetworks
import Training

extension ChannelCut {
  /// The network with what the channels that leave add on average in the biases of the layers that
  /// read them, so that less is lost before any training. Exact for channels that do not vary, but
  /// at borders that are padded. Readers without a bias of their own stay as they are.
  ///
  /// What is masked or cut afterwards is this network. O(inferences).
  ///
  /// - Precondition: the network is the one that the cut was chosen for.
  /// - Throws: `ModelError` when the network cannot be run on the samples.
  func compensated(_ network: Network, on samples: SampleSet) throws(ModelError) -> Network {
    let readers = network.main.operators.indices.compactMap { index -> (WeightLayer, [Bool])? in
      guard let layer = WeightLayer(network.main.operators[index], index: index, in: network.main),
        let axis = layer.inputAxis, let stays = stays(layer.weights, axis: axis),
        network.main.hasOwnBias(layer)
      else { return nil }
      return (layer, stays)
    }
    let activity = try ChannelActivity(network, of: readers.map(\.0.input), on: samples)
    var result = network
    for (layer, stays) in readers {
      let means = activity[layer.input, layer.inputCount].averages
      let lost = (0..<layer.inputCount).filter { !stays[$0] }
      let weights = network.main.tensors[layer.weights].floats ?? []
      var sums = [Double](repeating: 0, count: layer.outputCount)
      for output in 0..<layer.outputCount {
        for tap in 0..<layer.tapCount {
          for input in lost {
            let weight = weights[layer.index(output: output, tap: tap, input: input)]
            sums[output] += Double(weight) * means[input]
          }
        }
      }
      if let bias = layer.bias, let old = network.main.tensors[bias].floats {
        let values = zip(old, sums).map { Float(Double($0) + $1) }
        result.subgraphs[0].tensors[bias] = network.main.tensors[bias].holding(values)
      }
    }
    return result
  }
}

extension Subgraph {
  /// Whether a layer has a bias that no other operator reads.
  fileprivate func hasOwnBias(_ layer: WeightLayer) -> Bool {
    guard let bias = layer.bias, tensors[bias].floats != nil else { return false }
    return operators.reduce(0) { $0 + $1.inputs.count { $0 == bias } } == 1
  }
}
