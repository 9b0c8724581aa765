import Inference
import NeuralNetworks
import Training

/// Finds the ranges of a float network's activations by running it on samples.
public struct Calibrator: Sendable {
  public let method: CalibrationMethod
  /// Of the activations: methods that weigh clipping against rounding need to know.
  public let bits: Int
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
    try ActivationStatistics(of: network, on: samples, for: [method], progress: progress)
      .ranges(method, bits: bits)
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
