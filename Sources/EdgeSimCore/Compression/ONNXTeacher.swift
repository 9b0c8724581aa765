import Inference
import NeuralNetworks
import Training

/// An ONNX model that teaches by being evaluated, sample by sample, so that minibatches do not
/// change what it says. Images go in with their channels first where its input has them so.
struct ONNXTeacher: Teacher {
  let inputCount, outputCount: Int
  private let shape: Shape
  private let conversion: TeacherOutputs
  private let evaluator: ONNXSampleEvaluator
  private let jobs: Int

  /// - Parameter shape: of the samples.
  /// - Throws: `ModelError` when operators are not supported, or the model does not take samples.
  init(
    _ model: ONNXModel, shape: Shape, outputs stated: TeacherOutputs.Kind, jobs: Int = 1
  ) throws(ModelError) {
    let logits = model.withoutSoftmax()
    evaluator = try ONNXSampleEvaluator(ONNXEvaluator(try ONNXProgram(logits ?? model)))
    _ = try evaluator.interface.encoded(SampleSet(shape: shape, values: []))
    let output = evaluator.interface.output
    guard output.elementType == .float32 else {
      throw ModelError(
        place: "output \(output.name)", found: "the type \(output.elementType)",
        expected: "float32")
    }
    self.shape = shape
    self.jobs = jobs
    inputCount = shape.elementCount
    outputCount = output.shape.elementCount
    conversion = TeacherOutputs(stated, scale: logits == nil ? nil : 1, quantization: nil)
  }

  func outputs(
    of values: [Float], count: Int, features: [String]
  ) throws(TrainingError) -> [[Float]] {
    let samples = SampleSet(shape: shape, values: values)
    let said: [Float]
    do throws(ModelError) {
      for name in features { _ = try channelCount(ofFeature: name) }
      let bytes = try evaluator.interface.encoded(samples)
      said = evaluator.interface.output.reals(try evaluator.outputs(of: bytes, jobs: jobs))
    } catch { throw TrainingError(error) }
    return [try conversion.logits(of: said)]
  }

  func channelCount(ofFeature name: String) throws(ModelError) -> Int {
    throw ModelError(
      place: "distillation", found: "the feature \(name) of an ONNX model",
      expected: "features of a .tflite teacher: their channels are last, as the student's")
  }
}
