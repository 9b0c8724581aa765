import Inference
import NeuralNetworks

/// Runs a network with one input and one output on many samples and takes the largest output.
struct Classifier: Sendable {
  let plan: ExecutionPlan
  let input: Tensor
  let output: Tensor

  /// - Throws: `ModelError` unless there is one input and one output.
  init(_ plan: ExecutionPlan) throws(ModelError) {
    let main = plan.network.main
    guard main.inputs.count == 1, main.outputs.count == 1 else {
      throw ModelError(
        place: "entry subgraph",
        found: "\(main.inputs.count) inputs and \(main.outputs.count) outputs",
        expected: "one of each")
    }
    self.plan = plan
    input = main.tensors[main.inputs[0]]
    output = main.tensors[main.outputs[0]]
  }

  /// The class of each sample: the index of its largest output, the first of equals.
  ///
  /// - Parameter samples: bytes of the input tensor, sample after sample.
  /// - Throws: `ModelError` when a sample's values make an operator impossible.
  func classes(of samples: [UInt8], jobs: Int) throws(ModelError) -> [Int] {
    let outputs = try SampleEvaluator(plan, jobs: jobs).outputs(of: samples)
    return outputs.withUnsafeBytes { all in
      stride(from: 0, to: all.count, by: output.byteCount).map {
        largest(in: UnsafeRawBufferPointer(rebasing: all[$0..<$0 + output.byteCount]))
      }
    }
  }

  private func largest(in bytes: UnsafeRawBufferPointer) -> Int {
    let count = output.shape.elementCount
    func value(_ index: Int) -> Float {
      switch output.elementType {
      case .int8: Float(bytes.load(fromByteOffset: index, as: Int8.self))
      case .float32: bytes.loadUnaligned(fromByteOffset: 4 * index, as: Float.self)
      default: Float(bytes[index])
      }
    }
    return (0..<count).reduce(0) { value($1) > value($0) ? $1 : $0 }
  }
}
