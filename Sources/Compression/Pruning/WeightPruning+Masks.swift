import ReproducibleMath

/// Which weights stay: 1, and which go: 0.
extension WeightPruning {
  /// A mask for each layer.
  ///
  /// - Parameter known: masks of earlier steps.
  func masks(
    _ settings: [LayerSetting<Double>], _ weights: [[Float]], _ known: [[UInt8]?]
  ) -> [[UInt8]] {
    if case .globalMagnitude = method { return globalMasks(weights, known) }
    return settings.indices.map { index in
      let (layer, amount) = (settings[index].layer, settings[index].value)
      switch method {
      case .magnitude, .globalMagnitude:
        return Ranking.mask(droppingShare: amount, of: magnitudes(weights[index], known[index]))
      case .random(let seed):
        var random = RandomStream(seed: seed, name: "pruning of \(layer.name)")
        let scores = weights[index].map { _ in Float(random.uniform()) }
        return Ranking.mask(droppingShare: amount, of: masked(scores, known[index]))
      case .threshold: return weights[index].map { Double($0.magnitude) < amount ? 0 : 1 }
      case .deviations:
        let limit = amount * Self.standardDeviation(of: weights[index])
        return weights[index].map { Double($0.magnitude) < limit ? 0 : 1 }
      case .pattern(let kept, let group):
        return patternMask(layer, weights[index], kept: kept, group: group)
      case .blocks(let outputs, let inputs):
        return blockMask(layer, weights[index], outputs, inputs, share: amount)
      }
    }
  }

  /// Of the whole population; sums run in the tensor's order.
  static func standardDeviation(of values: [Float]) -> Double {
    guard !values.isEmpty else { return 0 }
    let mean = values.reduce(0.0) { $0 + Double($1) } / Double(values.count)
    let squares = values.reduce(0.0) { $0 + (Double($1) - mean) * (Double($1) - mean) }
    return (squares / Double(values.count)).squareRoot()
  }

  private func magnitudes(_ values: [Float], _ known: [UInt8]?) -> [Float] {
    masked(values.map(\.magnitude), known)
  }

  /// Weights that are gone already stand below all others.
  private func masked(_ scores: [Float], _ known: [UInt8]?) -> [Float] {
    guard let known else { return scores }
    return zip(scores, known).map { $1 == 0 ? -1 : $0 }
  }

  private func globalMasks(_ weights: [[Float]], _ known: [[UInt8]?]) -> [[UInt8]] {
    let scores = zip(weights, known).flatMap { magnitudes($0, $1) }
    var mask = Ranking.mask(droppingShare: amount.standard ?? 0, of: scores)[...]
    return weights.map { values in
      defer { mask = mask.dropFirst(values.count) }
      return Array(mask.prefix(values.count))
    }
  }

  private func patternMask(
    _ layer: WeightLayer, _ values: [Float], kept: Int, group: Int
  ) -> [UInt8] {
    var mask = [UInt8](repeating: 1, count: values.count)
    for output in 0..<layer.outputCount {
      for tap in 0..<layer.tapCount {
        for first in stride(from: 0, to: layer.inputCount, by: group) {
          let places = (first..<min(first + group, layer.inputCount)).map {
            layer.index(output: output, tap: tap, input: $0)
          }
          let scores = places.map { values[$0].magnitude }
          for dropped in Ranking.least(max(0, places.count - kept), of: scores) {
            mask[places[dropped]] = 0
          }
        }
      }
    }
    return mask
  }

  private func blockMask(
    _ layer: WeightLayer, _ values: [Float], _ outputs: Int, _ inputs: Int, share: Double
  ) -> [UInt8] {
    let blocks = layer.blocks(outputs: outputs, inputs: inputs)
    let scores = blocks.map { places in
      Float(places.reduce(0.0) { $0 + Double(values[$1].magnitude) } / Double(places.count))
    }
    var mask = [UInt8](repeating: 1, count: values.count)
    for block in Ranking.least(share, of: scores) {
      for place in blocks[block] { mask[place] = 0 }
    }
    return mask
  }
}

extension WeightLayer {
  /// The places of each block of outputs x inputs, tap by tap.
  func blocks(outputs: Int, inputs: Int) -> [[Int]] {
    var blocks: [[Int]] = []
    for tap in 0..<tapCount {
      for firstOutput in stride(from: 0, to: outputCount, by: outputs) {
        for firstInput in stride(from: 0, to: inputCount, by: inputs) {
          var places: [Int] = []
          for output in firstOutput..<min(firstOutput + outputs, outputCount) {
            for input in firstInput..<min(firstInput + inputs, inputCount) {
              places.append(index(output: output, tap: tap, input: input))
            }
          }
          blocks.append(places)
        }
      }
    }
    return blocks
  }
}
