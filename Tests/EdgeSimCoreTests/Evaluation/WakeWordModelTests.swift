import Inference
import NeuralNetworks
import Testing

@testable import EdgeSimCore

@Suite struct WakeWordModelTests {
  @Test("A network that is no streaming wake-word model is refused with its shape")
  func refusals() throws {
    for (input, output) in [
      (Self.tensor([1, 49, 10, 1], .int8), Self.tensor([1, 1], .uint8)),
      (Self.tensor([1, 3, 20], .int8), Self.tensor([1, 1], .uint8)),
      (Self.tensor([1, 0, 40], .int8), Self.tensor([1, 1], .uint8)),
      (Self.tensor([1, 3, 40], .float32), Self.tensor([1, 1], .uint8)),
      (Self.tensor([1, 3, 40], .int8), Self.tensor([1, 2], .uint8)),
    ] {
      #expect(throws: ModelError.self) { try WakeWordModel(try Self.plan(input, output)) }
    }
  }

  @Test("Features are quantized half to even and clamped")
  func quantization() throws {
    let model = try WakeWordModel(
      try Self.plan(Self.tensor([1, 1, 40], .int8), Self.tensor([1, 1], .int8)))
    #expect(model.framesPerInference == 1)
    // Scale 1/2, zero point -1.
    #expect([0.25, 0.75, 1.25, -1000, 1000].map(model.quantized) == [0, 0, 2, -128, 127])
    #expect(model.probability(ofOutput: 3) == 2)
  }

  @Test("Cutoff and window come from the file beside the model, unless the scenario has its own")
  func sidecar() throws {
    let folder = ProjectFiles.temporaryFolder()
    try AtomicFile.write(
      "{\"micro\": {\"probability_cutoff\": 0.85, \"sliding_window_size\": 5, \"other\": 1}}",
      to: "\(folder)/m.json")
    var overrides = Scenario.DetectorOverrides(refractoryPeriod: .zero)
    let found = try DetectorSettings.resolve(overrides, modelPath: "\(folder)/m.tflite")
    #expect(found.probabilityCutoff == 0.85 && found.slidingWindowSize == 5)
    overrides.probabilityCutoff = 0.5
    let mixed = try DetectorSettings.resolve(overrides, modelPath: "\(folder)/m.tflite")
    #expect(mixed.probabilityCutoff == 0.5 && mixed.slidingWindowSize == 5)
    #expect(throws: InputError.self) {
      try DetectorSettings.resolve(overrides, modelPath: "\(folder)/other.tflite")
    }
  }

  private static func tensor(_ shape: Shape, _ type: ElementType) -> Tensor {
    Tensor(
      name: "t", elementType: type, shape: shape,
      quantization: Quantization(scale: 0.5, zeroPoint: type == .uint8 ? 0 : -1))
  }

  /// A network whose output is a constant.
  private static func plan(_ input: Tensor, _ output: Tensor) throws -> ExecutionPlan {
    var constant = output
    constant.constant = ConstantData(bytes: Array(repeating: 0, count: output.byteCount))
    let subgraph = Subgraph(
      name: "main", tensors: [input, constant], inputs: [0], outputs: [1], operators: [])
    let network = Network(name: "test", subgraphs: [subgraph], fileByteCount: 1)
    try network.validate()
    return try ExecutionPlan(network, arithmetic: .doubleRounding)
  }
}
