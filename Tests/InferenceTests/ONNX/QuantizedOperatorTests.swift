import NeuralNetworks
import Testing

@testable import Inference

@Suite struct QuantizedOperatorTests {
  private static let folder =
    #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(2)
    .joined(separator: "/") + "/Oracles/"

  @Test("Quantized operators give the outputs of ONNX Runtime")
  func generatedCases() throws {
    let cases = try ONNXOperatorCase.read(Self.folder + "onnx_quantized.bin")
    #expect(cases.count > 450)
    for item in cases {
      if let problem = item.problem() { Issue.record("\(item.name): \(problem)") }
    }
  }

  @Test("Mutants of quantized models are run or refused")
  func mutants() throws {
    var mutator = ModelMutator(seed: 11)
    var results: [Bool] = []
    for item in try ONNXOperatorCase.read(Self.folder + "onnx_quantized.bin") {
      results += mutator.run(item.model, inputs: try item.values(), mutants: 10)
    }
    #expect(results.count { $0 } > 100 && results.count { !$0 } > 100)
  }
}
