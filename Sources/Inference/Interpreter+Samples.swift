import NeuralNetworks

extension Interpreter {
  /// The outputs of a network with one input and one output on samples that lie one after the
  /// other, output after output.
  ///
  /// Runs as many at once as the interpreter's batch takes; results do not depend on it.
  ///
  /// - Parameters:
  ///   - samples: bytes of the input tensor, a whole number of times.
  ///   - resets: whether variables are forgotten before each sample.
  ///   - progress: told after each batch how many samples are done.
  /// - Throws: `ModelError` when a sample's values make an operator impossible.
  public mutating func outputs(
    of samples: UnsafeRawBufferPointer, resets: Bool, progress: (Int) -> Void = { _ in }
  ) throws(ModelError) -> [UInt8] {
    let size = plan.network.main.tensors[plan.network.main.inputs[0]].byteCount
    let outputSize = plan.network.main.tensors[plan.network.main.outputs[0]].byteCount
    precondition(size > 0 && samples.count % size == 0, "a part of a sample")
    let count = samples.count / size
    var result: [UInt8] = []
    result.reserveCapacity(count * outputSize)
    let resets = resets && !plan.takesBatches
    for first in stride(from: 0, to: count, by: batchSize) {
      let taken = min(batchSize, count - first)
      if resets { reset() }
      for sample in 0..<taken {
        let start = (first + sample) * size
        setInput(
          0, bytes: UnsafeRawBufferPointer(rebasing: samples[start..<start + size]),
          sample: sample)
      }
      try invoke(sampleCount: taken)
      for sample in 0..<taken {
        withOutput(0, sample: sample) { result.append(contentsOf: $0) }
      }
      progress(first + taken)
    }
    return result
  }
}
