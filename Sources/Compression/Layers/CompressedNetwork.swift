import NeuralNetworks
import ReproducibleMath
import Training

/// What a step of compression gives: the network, what training may not undo, what was done.
public struct CompressedNetwork: Sendable {
  public var network: Network
  public var constraints: WeightConstraints
  public var record: CompressionRecord

  public init(network: Network, constraints: WeightConstraints, record: CompressionRecord) {
    self.network = network
    self.constraints = constraints
    self.record = record
  }
}

extension LayerRecord {
  /// What became of weights that kept their number. O(elements).
  init(name: String, before: [Float], after: [Float], bitsAfter: Int = 32) {
    var (error, signal) = (0.0, 0.0)
    for (old, new) in zip(before, after) {
      let difference = Double(old) - Double(new)
      error += difference * difference
      signal += Double(old) * Double(old)
    }
    let isChanged = error > 0 && !before.isEmpty
    self.init(
      name: name, elementCountBefore: before.count, elementCountAfter: after.count,
      zeroCount: after.count { $0 == 0 }, bitsBefore: 32, bitsAfter: bitsAfter,
      meanSquaredError: isChanged ? error / Double(before.count) : nil,
      signalToNoiseDecibels: isChanged && signal > 0
        ? 10 * ReproducibleMath.log(signal / error) / ReproducibleMath.log(10) : nil)
  }
}
