import Inference
import NeuralNetworks
import Testing
import Training

@testable import Compression

@Suite("Quantizing weights")
struct WeightQuantizationTests {
  private func groups(_ granularity: QuantizationSettings.Granularity, _ shape: Shape)
    -> WeightGroups
  {
    WeightGroups(granularity, shape: shape, axis: 0)
  }

  @Test("Asymmetric codes are round((W - W_min) / (W_max - W_min) * (2^b - 1))")
  func asymmetric() {
    let weights: [Float] = [-1, -0.5, 0, 0.25, 2]
    for bits in 2...16 {
      let found = WeightQuantization(
        asymmetric: weights, bits: bits, groups: groups(.tensor, [1, 5]))
      let limit = Float(1 << bits - 1)
      // The zero point is rounded, so that a code may be one beside the formula's.
      for (code, weight) in zip(found.codes, weights) {
        #expect(abs(Float(code) - (weight + 1) / 3 * limit) <= 1)
      }
      #expect(found.values[2] == 0)
    }
  }

  @Test("Symmetric codes keep the largest weight and zero", arguments: 2...16)
  func symmetric(bits: Int) {
    let found = WeightQuantization(
      symmetric: [-1, 0, 0.3, 0.5], bits: bits, groups: groups(.tensor, [1, 4]))
    let limit = 1 << (bits - 1) - 1
    #expect(found.codes[0] == -limit && found.codes[1] == 0)
    #expect(abs(found.values[2] - 0.3) <= found.scales[0] / 2 * 1.001)
  }

  @Test("Channels and blocks have scales of their own")
  func granularity() {
    let weights: [Float] = [1, 2, 30, 40, 5, 6, 700, 800]
    let channels = WeightQuantization(
      symmetric: weights, bits: 8, groups: groups(.channel, [2, 4]))
    let channelScales: [Float] = [40 / 127, 800 / 127]
    #expect(channels.scales == channelScales)
    let blocks = WeightQuantization(symmetric: weights, bits: 8, groups: groups(.block(2), [2, 4]))
    let blockScales: [Float] = [2 / 127, 40 / 127, 6 / 127, 800 / 127]
    #expect(blocks.scales == blockScales)
    let last = WeightGroups(.channel, shape: [1, 2, 3], axis: 2)
    #expect(last.indices(of: 1) == [1, 4])
  }

  @Test("Two codes share a byte, the earlier one below")
  func nibbles() {
    let found = WeightQuantization(
      symmetric: [7, -7, 1], bits: 4, groups: groups(.tensor, [1, 3]))
    #expect(found.nibbles == [0x97, 0x01])
  }

  @Test("Powers of two are what is left of logarithmic weights")
  func logarithms() throws {
    let scheme = try LogarithmicQuantization(bits: 4)
    #expect(
      scheme.grid.rounded([1, 0.7, 0.72, -0.26, 0, 0.01, 0.001], bits: 4) == [
        1, 0.5, 1, -0.25, 0, 0.015_625, 0,
      ])
    let finer = try LogarithmicQuantization(bits: 5, stepsPerOctave: 2)
    let root = finer.grid.rounded([1, 0.7], bits: 5)[1]
    #expect(abs(root - Float(0.5).squareRoot()) < 1e-6)
    #expect(throws: ModelError.self) { try LogarithmicQuantization(bits: 1) }
    let network = try scheme.quantize(SmallNetworks.residual())
    #expect(network.record.layers.map(\.bitsAfter) == [4, 4, 4, 4])
    #expect(network.record.layers.allSatisfy { ($0.signalToNoiseDecibels ?? 0) > 10 })
  }

  @Test("Equalized networks compute the same, with channels of similar ranges")
  func equalization() throws {
    let network = SmallNetworks.residual()
    // The first layer feeds a sum as well: only the depthwise one and the next may be equalized.
    let result = CrossLayerEqualization.equalized(network)
    #expect(result.record.layers.map(\.name) == ["depthwise", "depthwise bias", "point"])
    let samples = SmallNetworks.samples(4)
    let before = try Calibrator().ranges(of: network, on: samples)
    let after = try Calibrator().ranges(of: result.network, on: samples)
    for tensor in [9, 10, 16, 17] {
      let (old, new) = (try #require(before[tensor]), try #require(after[tensor]))
      #expect(abs(old.upperBound - new.upperBound) < 1e-4)
    }
    let depthwise = try #require(result.network.main.tensors[4].floats)
    let point = try #require(result.network.main.tensors[7].floats)
    for channel in 0..<4 {
      let first = (0..<9).reduce(Float(0)) { max($0, abs(depthwise[$1 * 4 + channel])) }
      let second = (0..<4).reduce(Float(0)) { max($0, abs(point[$1 * 4 + channel])) }
      #expect(abs(first - second) < 0.01 * first)
    }
  }

  @Test("A RELU6 lets scale through only where nothing reaches 6")
  func clippedActivations() {
    let network = SmallNetworks.residual(activation: .relu6)
    #expect(CrossLayerEqualization.equalized(network).record.layers.isEmpty)
    var ranges = ActivationRanges([6: 0...5])
    #expect(!CrossLayerEqualization.equalized(network, ranges: ranges).record.layers.isEmpty)
    ranges[6] = 0...6
    #expect(CrossLayerEqualization.equalized(network, ranges: ranges).record.layers.isEmpty)
  }

  @Test("Corrected biases bring the mean of coarse layers back")
  func biasCorrection() throws {
    // Without an activation, so that the mean of the first sums can be looked at.
    let network = SmallNetworks.residual(activation: .none)
    let samples = SmallNetworks.samples(32)
    let settings = QuantizationSettings(form: .simulated, weightBits: 3)
    let corrected = try BiasCorrection(settings).corrected(network, on: samples)
    let exact = network
    func shift(_ network: Network) throws -> Double {
      let coarse = try Quantizer(settings).quantize(network).network
      return zip(try means(coarse, of: 3, on: samples), try means(exact, of: 3, on: samples))
        .reduce(0) { $0 + abs($1.0 - $1.1) }
    }
    #expect(try shift(corrected) < shift(network) / 2)
  }

  /// Of the four channels.
  private func means(_ network: Network, of tensor: Int, on samples: SampleSet) throws -> [Double] {
    let observed = try ObservedNetwork(network, samples)
    var sums = [0.0, 0, 0, 0]
    try observed.run { _, place, values in
      guard observed.tensors[place] == tensor else { return }
      for (index, value) in values.enumerated() { sums[index % 4] += Double(value) / 36 }
    }
    return sums.map { $0 / Double(samples.count) }
  }

  @Test("Mixed precision keeps a budget and takes bits where they cost least")
  func mixedPrecision() throws {
    let layers = [
      MixedPrecision.Layer(name: "a", losses: [8: 0, 4: 0.5, 2: 3]),
      MixedPrecision.Layer(name: "b", losses: [8: 0, 4: 0.01, 2: 0.2]),
    ]
    func bits(_ budget: Double) throws -> [String: Int] {
      try MixedPrecision.bits(for: layers, budget: budget) { _, bits in Double(bits) }
    }
    #expect(try bits(16) == ["a": 8, "b": 8])
    #expect(try bits(12) == ["a": 8, "b": 4])
    #expect(try bits(10) == ["a": 8, "b": 2])
    #expect(try bits(4) == ["a": 2, "b": 2])
    #expect(throws: ModelError.self) { try bits(3) }
  }
}
