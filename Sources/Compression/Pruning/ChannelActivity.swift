import Inference
import NeuralNetworks
import Training

/// How strong the channels of activations are on samples.
struct ChannelActivity {
  /// Of each place along the last axis.
  struct Channels {
    /// Mean magnitudes.
    var means: [Double]
    /// Means of the values as they are.
    var averages: [Double]
    /// Shares of values above zero: 1 - APoZ (Hu et al. 2016, "Network Trimming").
    var activeShares: [Double]
  }

  /// Sums over samples of each element of each tensor.
  private var sums: [Int: (magnitude: [Double], value: [Double], active: [Double])] = [:]
  private let sampleCount: Int

  /// Runs the network on all samples, and sums up in their order. O(inferences).
  ///
  /// - Throws: `ModelError` when the network has not one input of the samples' extent and of
  ///   float32, when there is no sample, or when a sample makes an operator impossible.
  init(_ network: Network, of tensors: [Int], on samples: SampleSet) throws(ModelError) {
    sampleCount = samples.count
    let tensors = Set(tensors).sorted()
    try Self.check(network, samples)
    var probe = network
    probe.subgraphs[0].outputs = tensors
    var interpreter = Interpreter(try ExecutionPlan(probe, arithmetic: .singleRounding))
    for tensor in tensors {
      let zeros = [Double](repeating: 0, count: network.main.tensors[tensor].shape.elementCount)
      sums[tensor] = (zeros, zeros, zeros)
    }
    for sample in 0..<samples.count {
      Array(samples.sample(sample)).withUnsafeBytes { interpreter.setInput(0, bytes: $0) }
      try interpreter.invoke()
      for (output, tensor) in tensors.enumerated() {
        interpreter.withOutput(output) { add($0.bindMemory(to: Float.self), to: tensor) }
      }
    }
  }

  private static func check(_ network: Network, _ samples: SampleSet) throws(ModelError) {
    let inputs = network.main.inputs.map { network.main.tensors[$0] }
    guard inputs.count == 1, inputs[0].elementType == .float32,
      inputs[0].shape.elementCount == samples.shape.elementCount, samples.count > 0
    else {
      let types = inputs.map(\.type.description).joined(separator: ", ")
      throw ModelError(
        place: "activations", found: "inputs \(types) and \(samples.count) samples",
        expected: "one float32 input of \(samples.shape.elementCount) elements, and samples")
    }
  }

  private mutating func add(_ values: UnsafeBufferPointer<Float>, to tensor: Int) {
    for (index, value) in values.enumerated() {
      sums[tensor]?.magnitude[index] += Double(value.magnitude)
      sums[tensor]?.value[index] += Double(value)
      sums[tensor]?.active[index] += value > 0 ? 1 : 0
    }
  }

  /// - Parameter count: channels; those of an image that a dense layer reads as a row are the row's
  ///   elements.
  subscript(tensor: Int, count: Int) -> Channels {
    let own = sums[tensor] ?? ([], [], [])
    return Channels(
      means: mean(own.magnitude, count), averages: mean(own.value, count),
      activeShares: mean(own.active, count))
  }

  private func mean(_ sums: [Double], _ count: Int) -> [Double] {
    var result = [Double](repeating: 0, count: count)
    for (index, sum) in sums.enumerated() { result[index % count] += sum }
    let each = Double(max(sums.count / max(count, 1), 1) * max(sampleCount, 1))
    return result.map { $0 / each }
  }
}
