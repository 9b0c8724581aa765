import Inference
import NeuralNetworks

/// Runs a model with one input and one output on many samples and takes the largest output.
struct Classifier: Sendable {
  private enum Runner {
    case planned(ExecutionPlan)
    case onnx(ONNXSampleEvaluator)
  }

  let interface: ModelInterface
  private let runner: Runner

  var input: Tensor { interface.input }
  var output: Tensor { interface.output }

  /// - Throws: `ModelError` unless there is one input and one output, of a type that has a largest.
  init(_ plan: ExecutionPlan) throws(ModelError) {
    interface = try ModelInterface(plan.network)
    runner = .planned(plan)
    try checkOutput()
  }

  /// As above; runs the model once, to see its output.
  init(_ evaluator: ONNXEvaluator) throws(ModelError) {
    let samples = try ONNXSampleEvaluator(evaluator)
    interface = samples.interface
    runner = .onnx(samples)
    try checkOutput()
  }

  private func checkOutput() throws(ModelError) {
    guard [.float32, .int8, .uint8, .int16].contains(output.elementType) else {
      throw ModelError(
        place: "output \(output.name)", found: "\(output.elementType.rawValue) \(output.shape)",
        expected: "scores of float32, int8, uint8 or int16")
    }
  }

  /// The class of each sample: the index of its largest output, the first of equals.
  ///
  /// - Parameter samples: bytes of the input tensor, sample after sample.
  /// - Throws: `ModelError` when a sample's values make an operator impossible.
  func classes(of samples: [UInt8], jobs: Int) throws(ModelError) -> [Int] {
    let outputs =
      switch runner {
      case .planned(let plan): try SampleEvaluator(plan, jobs: jobs).outputs(of: samples)
      case .onnx(let evaluator): try evaluator.outputs(of: samples, jobs: jobs)
      }
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
      case .int16: Float(bytes.loadUnaligned(fromByteOffset: 2 * index, as: Int16.self))
      case .float32: bytes.loadUnaligned(fromByteOffset: 4 * index, as: Float.self)
      default: Float(bytes[index])
      }
    }
    return (0..<count).reduce(0) { value($1) > value($0) ? $1 : $0 }
  }
}
