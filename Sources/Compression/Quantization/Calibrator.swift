import Inference
import NeuralNetworks
import Training

/// Finds the ranges of a float network's activations by running it on samples.
public struct Calibrator: Sendable {
  public let method: CalibrationMethod
  /// Of the activations: methods that weigh clipping against rounding need to know.
  public let bits: Int
  /// Samples that a moving average sees at once.
  private static let batchSize = 32

  /// - Parameter bits: 2 to 16.
  public init(_ method: CalibrationMethod = .minimumMaximum, bits: Int = 8) {
    self.method = method
    self.bits = bits
  }

  /// The ranges of all activations. O(samples x network), twice for methods that count values.
  ///
  /// - Parameters:
  ///   - network: of floats, with one input of the samples' size.
  ///   - progress: told after each sample how many are done, of how many in all.
  /// - Throws: `ModelError` when the network does not take such samples, when there are none, when
  ///   an activation is no finite number, or when all samples are one value.
  public func ranges(
    of network: Network, on samples: SampleSet, progress: (Int, Int) -> Void = { _, _ in }
  ) throws(ModelError) -> ActivationRanges {
    let observed = try ObservedNetwork(network, samples)
    var statistics = observed.tensors.map { _ in RangeStatistics() }
    let total = samples.count * (method.needsHistogram ? 2 : 1)
    try observed.run { sample, place, values in
      statistics[place].add(values)
      if (sample + 1) % Self.batchSize == 0 || sample + 1 == samples.count,
        case .movingAverage(let momentum) = method
      {
        statistics[place].endBatch(momentum: momentum)
      }
      if place == 0 { progress(sample + 1, total) }
    }
    try check(statistics, observed)
    guard method.needsHistogram else { return ranges(observed) { bounds(statistics[$0]) } }
    var histograms = statistics.map { ValueHistogram(over: $0.minimum...$0.maximum) }
    try observed.run { sample, place, values in
      histograms[place].add(values)
      if place == 0 { progress(samples.count + sample + 1, total) }
    }
    return ranges(observed) { bounds(histograms[$0]) }
  }

  private func ranges(
    _ observed: ObservedNetwork, _ bounds: (Int) -> ClosedRange<Float>
  ) -> ActivationRanges {
    var result = ActivationRanges()
    for (place, tensor) in observed.tensors.enumerated() { result[tensor] = bounds(place) }
    return result
  }

  private func check(
    _ statistics: [RangeStatistics], _ observed: ObservedNetwork
  ) throws(ModelError) {
    let graph = observed.network.main
    for (tensor, values) in zip(observed.tensors, statistics) {
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

  private func bounds(_ values: RangeStatistics) -> ClosedRange<Float> {
    switch method {
    case .movingAverage: values.averageMinimum...max(values.averageMinimum, values.averageMaximum)
    case .analyticalClipping: values.clipped(bits: bits)
    default: values.minimum...values.maximum
    }
  }

  private func bounds(_ histogram: ValueHistogram) -> ClosedRange<Float> {
    switch method {
    case .percentile(let outside): histogram.range(outside: outside)
    case .meanSquaredError: histogram.leastErrorRange(bits: bits)
    default: histogram.leastDivergenceRange(bits: bits)
    }
  }
}

/// A network all of whose activations can be looked at.
struct ObservedNetwork {
  let network: Network
  /// Its activations, ascending.
  let tensors: [Int]
  private let samples: SampleSet
  private let plan: ExecutionPlan

  init(_ stated: Network, _ samples: SampleSet) throws(ModelError) {
    try stated.validate()
    let graph = stated.main
    guard graph.inputs.count == 1, graph.isReal(graph.inputs[0]),
      graph.tensors[graph.inputs[0]].shape.elementCount == samples.shape.elementCount
    else {
      throw ModelError(
        place: "network", found: "inputs \(graph.inputs.map { graph.tensors[$0].type })",
        expected: "one of float32 with the \(samples.shape.elementCount) values of a sample")
    }
    guard samples.count > 0 else {
      throw ModelError(place: "calibration", found: "no samples", expected: "one or more")
    }
    self.samples = samples
    tensors = graph.activationOperands.filter { graph.tensors[$0].constant == nil }
    var observed = stated
    // An output of the network is kept to the end, so that it can be read.
    observed.subgraphs[0].outputs = tensors.filter { !graph.inputs.contains($0) }
    network = stated
    plan = try ExecutionPlan(observed, arithmetic: .doubleRounding)
  }

  /// Calls `body` with each sample's values of each tensor, in order: the sample, the place in
  /// `tensors`, the values.
  func run(_ body: (Int, Int, UnsafeBufferPointer<Float>) -> Void) throws(ModelError) {
    var interpreter = Interpreter(plan)
    let outputs = plan.network.main.outputs
    for sample in 0..<samples.count {
      interpreter.reset()
      let values = Array(samples.sample(sample))
      values.withUnsafeBytes { interpreter.setInput(0, bytes: $0) }
      try interpreter.invoke()
      for (place, tensor) in tensors.enumerated() {
        if let output = outputs.firstIndex(of: tensor) {
          interpreter.withOutput(output) { body(sample, place, $0.bindMemory(to: Float.self)) }
        } else {
          values.withUnsafeBufferPointer { body(sample, place, $0) }
        }
      }
    }
  }
}
