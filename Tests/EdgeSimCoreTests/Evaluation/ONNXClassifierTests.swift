import Inference
import NeuralNetworks
import Testing
import Training

@testable import EdgeSimCore

@Suite("Classification by ONNX models")
struct ONNXClassifierTests {
  private static func interface(_ input: Shape) -> ModelInterface {
    ModelInterface(
      onnxInput: Tensor(name: "x", elementType: .float32, shape: input),
      output: Tensor(name: "y", elementType: .float32, shape: [1, 2]))
  }

  @Test("Images go in channels first where the input wants them so")
  func channelsFirst() throws {
    let image = SampleSet(shape: [1, 2, 3], values: [0, 1, 2, 3, 4, 5])
    let first = Self.interface([1, 3, 1, 2])
    #expect(first.layout(of: image.shape) == .channelsFirst && first.imageExtents == [1, 2, 3])
    #expect(try first.encoded(image).floats == [0, 3, 1, 4, 2, 5])
    let last = Self.interface([1, 1, 2, 3])
    #expect(last.layout(of: image.shape) == .channelsLast)
    #expect(try last.encoded(image).floats == image.values)
  }

  @Test("Spectra go into convolutions along one axis, and into vectors")
  func oneAxis() throws {
    let spectrum = SampleSet(shape: [3, 1, 2], values: [0, 1, 2, 3, 4, 5])
    let first = Self.interface([1, 2, 3])
    #expect(first.layout(of: spectrum.shape) == .channelsFirst)
    #expect(try first.encoded(spectrum).floats == [0, 2, 4, 1, 3, 5])
    let flat = Self.interface([1, 6])
    #expect(flat.layout(of: spectrum.shape) == .flat)
    #expect(try flat.encoded(spectrum).floats == spectrum.values)
    #expect(throws: ModelError.self) { try Self.interface([1, 7]).encoded(spectrum) }
  }

  @Test("The same network answers as ONNX and as .tflite", arguments: ["road-condition"])
  func parity(name: String) throws {
    let path = "\(ProjectFiles.package)/models/\(name)"
    let network = try ModelFormat.read(path: "\(path).tflite")
    guard case .onnx(let model) = try ModelFormat.model(path: "\(path).onnx") else {
      Issue.record("no ONNX model")
      return
    }
    let planned = try Classifier(try ExecutionPlan(network, arithmetic: .doubleRounding))
    let evaluated = try Classifier(ONNXEvaluator(try ONNXProgram(model)))
    #expect(evaluated.input.quantization == planned.input.quantization)
    #expect(evaluated.input.shape == planned.input.shape)
    #expect(evaluated.output.shape == planned.output.shape)
    let document = "\(ProjectFiles.package)/Tests/Transcripts/inputs/road-frames.json"
    let samples = try DataSource.read(path: document).samples(jobs: 2, progress: Progress())
    let inputs = try evaluated.interface.encoded(samples)
    #expect(try inputs == planned.interface.encoded(samples))
    // Rounding differs: twice here, once there.
    let classes = try evaluated.classes(of: inputs, jobs: 2)
    let agreeing = zip(classes, try planned.classes(of: inputs, jobs: 2)).count { $0 == $1 }
    #expect(agreeing >= samples.count * 95 / 100 && classes.count == samples.count)
    #expect(try evaluated.classes(of: inputs, jobs: 1) == classes)
  }
}
