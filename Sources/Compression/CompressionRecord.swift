import NeuralNetworks

/// What one step of compression did to a network, layer by layer.
public struct CompressionRecord: Sendable, Equatable {
  /// Of the recipe, such as `prune`.
  public var step: String
  public var layers: [LayerRecord]

  public init(step: String, layers: [LayerRecord]) {
    self.step = step
    self.layers = layers
  }
}

/// What a step did to one constant tensor.
public struct LayerRecord: Sendable, Equatable {
  /// The weights' name in the file.
  public var name: String
  public var elementCountBefore, elementCountAfter: Int
  /// Of the elements after the step.
  public var zeroCount: Int
  /// Bits of one stored element; that of its code when there is a codebook.
  public var bitsBefore, bitsAfter: Int
  /// Mean squared difference of the real values, and signal to noise in decibels; nil where
  /// elements were removed, or nothing changed.
  public var meanSquaredError, signalToNoiseDecibels: Double?
  /// Multiply-accumulates of the operators that read the weights; nil where they are not counted.
  public var macsBefore, macsAfter: Int?

  public init(
    name: String, elementCountBefore: Int, elementCountAfter: Int, zeroCount: Int,
    bitsBefore: Int, bitsAfter: Int, meanSquaredError: Double? = nil,
    signalToNoiseDecibels: Double? = nil
  ) {
    self.name = name
    self.elementCountBefore = elementCountBefore
    self.elementCountAfter = elementCountAfter
    self.zeroCount = zeroCount
    self.bitsBefore = bitsBefore
    self.bitsAfter = bitsAfter
    self.meanSquaredError = meanSquaredError
    self.signalToNoiseDecibels = signalToNoiseDecibels
  }
}

extension Array where Element == LayerRecord {
  /// With the multiply-accumulates of each layer in both networks. O(operators).
  public func countingMACs(before: Network, after: Network) -> [LayerRecord] {
    let (old, new) = (before.macsByWeights, after.macsByWeights)
    return map { record in
      var record = record
      (record.macsBefore, record.macsAfter) = (old[record.name], new[record.name])
      return record
    }
  }
}

extension Network {
  /// By the weights' name.
  fileprivate var macsByWeights: [String: Int] {
    var macs: [String: Int] = [:]
    for (op, work) in zip(main.operators, workload().operators) where work.macs > 0 {
      for case let input? in op.inputs where main.tensors[input].constant != nil {
        macs[main.tensors[input].name, default: 0] += work.macs
      }
    }
    return macs
  }
}
