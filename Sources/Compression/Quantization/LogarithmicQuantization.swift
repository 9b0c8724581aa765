import NeuralNetworks
import Training

/// Rounds weights to powers of a base: of two, so that a product is a shift, or finer.
///
/// Source: Miyashita et al. 2016, "Convolutional neural networks using logarithmic data
/// representation". A code is a sign and one of 2^(bits - 1) magnitudes: 0, and powers downward
/// from that of the largest weight.
public struct LogarithmicQuantization: Sendable, Equatable {
  public let bits: Int
  public let grid: LogarithmicGrid

  /// - Throws: `ModelError` for other than 2 to 8 bits or 1 to 8 steps.
  public init(bits: Int, stepsPerOctave: Int = 1) throws(ModelError) {
    guard (2...8).contains(bits), (1...8).contains(stepsPerOctave) else {
      throw ModelError(
        place: "logarithmic quantization",
        found: "\(bits) bits and \(stepsPerOctave) steps an octave",
        expected: "2 to 8 bits and 1 to 8 steps")
    }
    self.bits = bits
    grid = LogarithmicGrid(stepsPerOctave: stepsPerOctave)
  }

  /// The float network whose weights have such values, layer by layer. O(weights).
  ///
  /// - Throws: `ModelError` as `Quantizer.check`.
  public func quantize(
    _ network: Network
  ) throws(ModelError) -> (network: Network, record: CompressionRecord) {
    try Quantizer(QuantizationSettings(form: .simulated)).check(network)
    var result = network
    var records: [LayerRecord] = []
    var seen: Set<Int> = []
    for op in network.main.operators {
      guard let places = WeightPlaces(op.operation), let tensor = op.inputs[places.weights],
        seen.insert(tensor).inserted, let weights = network.main.tensors[tensor].floats
      else { continue }
      let rounded = grid.rounded(weights, bits: bits)
      result.subgraphs[0].tensors[tensor] = network.main.tensors[tensor].holding(rounded)
      records.append(
        LayerRecord(
          name: network.main.tensors[tensor].name, before: weights, after: rounded, bitsAfter: bits)
      )
    }
    return (result, CompressionRecord(step: "quantize", layers: records))
  }
}
