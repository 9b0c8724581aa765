import NeuralNetworks
import Training

/// What is known of a float network's activations after it ran on samples: enough for the ranges of
/// several methods.
struct ActivationStatistics {
  /// Samples that a moving average sees at once.
  private static let batchSize = 32

  private let tensors: [Int]
  private var statistics: [RangeStatistics]
  /// Empty where no method counts values.
  private var histograms: [ValueHistogram] = []

  /// O(samples x network), twice for methods that count values.
  ///
  /// - Parameters:
  ///   - methods: that ranges are asked for; at most one of them is a moving average.
  ///   - progress: told after each sample how many are done, of how many in all.
  /// - Throws: `ModelError` as `Calibrator`.
  init(
    of network: Network, on samples: SampleSet, for methods: [CalibrationMethod],
    progress: (Int, Int) -> Void = { _, _ in }
  ) throws(ModelError) {
    let observed = try ObservedNetwork(network, samples)
    let needsHistogram = methods.contains(where: \.needsHistogram)
    let momentum = methods.compactMap(\.momentum).first
    let total = samples.count * (needsHistogram ? 2 : 1)
    tensors = observed.tensors
    var statistics = tensors.map { _ in RangeStatistics() }
    try observed.run { sample, place, values in
      statistics[place].add(values)
      if let momentum, (sample + 1) % Self.batchSize == 0 || sample + 1 == samples.count {
        statistics[place].endBatch(momentum: momentum)
      }
      if place == 0 { progress(sample + 1, total) }
    }
    self.statistics = statistics
    try check(observed.network.main)
    guard needsHistogram else { return }
    var histograms = statistics.map { ValueHistogram(over: $0.minimum...$0.maximum) }
    try observed.run { sample, place, values in
      histograms[place].add(values)
      if place == 0 { progress(samples.count + sample + 1, total) }
    }
    self.histograms = histograms
  }

  private func check(_ graph: Subgraph) throws(ModelError) {
    for (tensor, values) in zip(tensors, statistics) {
      guard values.isFinite else {
        throw ModelError(
          place: graph.place(ofTensor: tensor), found: "values that are no finite numbers",
          expected: "finite activations on calibration samples")
      }
      guard !graph.inputs.contains(tensor) || values.minimum < values.maximum else {
        throw ModelError(
          place: graph.place(ofTensor: tensor),
          found: "the value \(values.minimum) in all calibration samples",
          expected: "samples that differ")
      }
    }
  }

  /// - Parameter bits: of the activations.
  /// - Precondition: one of the methods that the statistics were made for.
  func ranges(_ method: CalibrationMethod, bits: Int) -> ActivationRanges {
    var result = ActivationRanges()
    for (place, tensor) in tensors.enumerated() {
      result[tensor] = bounds(place, method, bits: bits)
    }
    return result
  }

  private func bounds(
    _ place: Int, _ method: CalibrationMethod, bits: Int
  ) -> ClosedRange<Float> {
    let values = statistics[place]
    return switch method {
    case .minimumMaximum: values.minimum...values.maximum
    case .movingAverage: values.averageMinimum...max(values.averageMinimum, values.averageMaximum)
    case .analyticalClipping: values.clipped(bits: bits)
    case .percentile(let outside): histograms[place].range(outside: outside)
    case .meanSquaredError: histograms[place].leastErrorRange(bits: bits)
    case .entropy: histograms[place].leastDivergenceRange(bits: bits)
    }
  }
}
