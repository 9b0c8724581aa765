import NeuralNetworks
import Training

/// Lets the weights of a layer share a few values, found by k-means (Han et al. 2016, "Deep
/// Compression").
public struct WeightClustering: Sendable, Equatable {
  /// Where the values start from.
  public enum Start: Sendable, Hashable {
    /// Evenly from the least to the greatest weight.
    case linear
    /// At equal shares of the sorted weights.
    case density
    /// Drawn far from each other (k-means++).
    case plusPlus(seed: UInt64)
  }

  /// What shares one table of values.
  public enum Slice: String, Sendable, Hashable, CaseIterable {
    case tensor
    /// Each output channel.
    case channel
  }

  /// Values of each slice, from 2 to 256; zero counts when it is kept.
  public var count: PerLayer<Int>
  public var start: Start
  public var slice: Slice
  /// Whether weights of zero stay zero. Those that a mask holds there always do.
  public var keepsZeros: Bool
  public var mostIterations = 300

  public init(
    count: PerLayer<Int>, start: Start = .linear, slice: Slice = .tensor, keepsZeros: Bool = false
  ) {
    self.count = count
    self.start = start
    self.slice = slice
    self.keepsZeros = keepsZeros
  }

  /// The network with shared weights, and groups that keep them equal.
  ///
  /// - Throws: `ModelError` before any work when a count is out of range, a layer has no such name,
  ///   more slices than groups can tell apart, or a weight that is not finite.
  public func applied(
    to network: Network, constraints: WeightConstraints = WeightConstraints()
  ) throws(ModelError) -> CompressedNetwork {
    let settings = try settings(in: network)
    let weights = try network.finiteWeights(of: settings.map(\.layer))
    var result = CompressedNetwork(
      network: network, constraints: constraints,
      record: CompressionRecord(step: "cluster", layers: []))
    for (setting, values) in zip(settings, weights) {
      let layer = setting.layer
      let held = zeros(values, mask: constraints.masks[layer.weights])
      let (shared, groups) = cluster(layer, values, held: held, count: setting.value)
      result.network.subgraphs[0].tensors[layer.weights] =
        network.main.tensors[layer.weights].holding(shared)
      result.constraints.groups[layer.weights] = groups
      if keepsZeros { result.constraints.masks[layer.weights] = held.map { $0 ? 0 : 1 } }
      let codes = layer.codebook(of: shared, slice)
      result.record.layers.append(
        LayerRecord(
          name: layer.name, before: values, after: shared, bitsAfter: codes?.codeBits ?? 32))
    }
    return result
  }

  private func settings(in network: Network) throws(ModelError) -> [LayerSetting<Int>] {
    for value in count.values where !(2...256).contains(value) {
      throw ModelError(
        place: "clustering", found: "\(value) shared values", expected: "from 2 to 256")
    }
    let settings = try count.resolved(in: network)
    for setting in settings where slice == .channel {
      let groups = setting.layer.outputCount * setting.value
      guard groups <= Int(UInt16.max) + 1 else {
        throw setting.layer.failure(
          found: "\(setting.layer.outputCount) channels of \(setting.value) values",
          expected: "at most 65536 values, or one table for the tensor")
      }
    }
    return settings
  }

  private func zeros(_ values: [Float], mask: [UInt8]?) -> [Bool] {
    let held = values.map { keepsZeros && $0 == 0 }
    return mask.map { zip(held, $0).map { $0 || $1 == 0 } } ?? held
  }

  /// Shared weights, and the group of each.
  private func cluster(
    _ layer: WeightLayer, _ values: [Float], held: [Bool], count: Int
  ) -> ([Float], [UInt16]) {
    var shared = [Float](repeating: 0, count: values.count)
    var groups = [UInt16](repeating: 0, count: values.count)
    for (number, places) in layer.places(slice).enumerated() {
      let first = number * count
      let free = places.filter { !held[$0] }
      let hasZeros = free.count < places.count
      for place in places where held[place] { groups[place] = UInt16(first) }
      guard !free.isEmpty else { continue }
      let clusters = KMeans(
        free.map { values[$0] }, count: count - (hasZeros ? 1 : 0), start: start,
        mostIterations: mostIterations)
      for place in free {
        let cluster = clusters.cluster(of: values[place])
        shared[place] = Float(clusters.centroids[cluster])
        groups[place] = UInt16(first + cluster + (hasZeros ? 1 : 0))
      }
    }
    return (shared, groups)
  }
}

extension WeightLayer {
  /// The places of each slice.
  func places(_ slice: WeightClustering.Slice) -> [[Int]] {
    guard slice == .channel else { return [Array(0..<elementCount)] }
    return (0..<outputCount).map { output in
      (0..<tapCount).flatMap { tap in
        (0..<inputCount).map { index(output: output, tap: tap, input: $0) }
      }
    }
  }

  /// The values that weights share; nil when they are too many.
  public func codebook(of weights: [Float], _ slice: WeightClustering.Slice) -> Codebook? {
    guard slice == .channel else { return Codebook(weights) }
    return Codebook(weights, sliceCount: outputCount) { $0 / outputStride % outputCount }
  }
}
