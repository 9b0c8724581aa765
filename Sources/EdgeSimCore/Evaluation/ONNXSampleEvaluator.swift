import Inference
import NeuralNetworks
import ReproducibleMath

/// Runs an ONNX model with one input and one output on many samples, on many threads.
struct ONNXSampleEvaluator: Sendable {
  let interface: ModelInterface
  private let evaluator: ONNXEvaluator

  /// Runs the model on zeros, as the file need not state the output's shape.
  ///
  /// - Throws: `ModelError` unless there is one input, whose extents are known but for the batch,
  ///   and one output.
  init(_ evaluator: ONNXEvaluator) throws(ModelError) {
    guard evaluator.inputs.count == 1, evaluator.outputs.count == 1 else {
      throw ModelError(
        place: "graph",
        found: "\(evaluator.inputs.count) inputs and \(evaluator.outputs.count) outputs",
        expected: "one of each")
    }
    self.evaluator = evaluator
    let input = try Self.input(evaluator)
    let zeros = try TensorValue(
      input.elementType, input.shape, bytes: [UInt8](repeating: 0, count: input.byteCount))
    let result = try Self.output(evaluator, zeros)
    interface = ModelInterface(
      onnxInput: input,
      output: Tensor(
        name: evaluator.outputs[0].name, elementType: result.elementType, shape: result.shape))
  }

  private static func input(_ evaluator: ONNXEvaluator) throws(ModelError) -> Tensor {
    let info = evaluator.inputs[0]
    guard case .tensor(let type, let dimensions?) = info.type,
      let shape = shape(dimensions)
    else {
      throw ModelError(
        place: "input \"\(info.name)\"", found: info.type.text,
        expected: "a tensor whose extents are known, but for the batch")
    }
    return Tensor(
      name: info.name, elementType: type, shape: shape,
      quantization: evaluator.program.model.graph.quantization(of: info.name))
  }

  private static func shape(_ dimensions: [ONNXValueInfo.Dimension]) -> Shape? {
    var extents: [Int] = []
    for (axis, dimension) in dimensions.enumerated() {
      switch dimension {
      case .fixed(let extent): extents.append(extent)
      case .named: if axis == 0 { extents.append(1) } else { return nil }
      }
    }
    guard let shape = Shape(checking: extents), shape.elementCount > 0 else { return nil }
    return shape
  }

  private static func output(
    _ evaluator: ONNXEvaluator, _ input: TensorValue
  ) throws(ModelError) -> TensorValue {
    let outputs = try evaluator.run([.tensor(input)])
    guard case .tensor(let tensor) = outputs[0], tensor.count > 0 else {
      throw ModelError(
        place: "output \"\(evaluator.outputs[0].name)\"", found: "no elements",
        expected: "a tensor")
    }
    return tensor
  }

  /// Each sample's output, one after the other. Results do not depend on `jobs`.
  ///
  /// - Parameter samples: bytes of the input, a whole number of times.
  /// - Throws: `ModelError` with the number of the sample that the model fails on.
  func outputs(of samples: [UInt8], jobs: Int) throws(ModelError) -> [UInt8] {
    let size = interface.input.byteCount
    let starts = Array(stride(from: 0, to: samples.count, by: size))
    return try starts.parallelMap(jobs: jobs) { start throws(ModelError) -> [UInt8] in
      do throws(ModelError) {
        return try output(of: Array(samples[start..<start + size]))
      } catch { throw error.inside("sample \(start / size)") }
    }.flatMap { $0 }
  }

  private func output(of sample: [UInt8]) throws(ModelError) -> [UInt8] {
    let (input, expected) = (interface.input, interface.output)
    let result = try Self.output(
      evaluator, TensorValue(input.elementType, input.shape, bytes: sample))
    guard result.elementType == expected.elementType, result.shape == expected.shape else {
      throw ModelError(
        place: "output \"\(expected.name)\"",
        found: "\(result.elementType.rawValue) \(result.shape)",
        expected: "\(expected.elementType.rawValue) \(expected.shape) as for zeros")
    }
    return result.withBytes { Array($0) }
  }
}
