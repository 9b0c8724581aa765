import NeuralNetworks
import Testing

@testable import Inference

@Suite struct QuantizedOperatorTests {
  private static let folder =
    #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(2)
    .joined(separator: "/") + "/Oracles/"

  @Test("Quantized operators give the outputs of ONNX Runtime")
  func generatedCases() throws {
    let cases = try OperatorCase.read(Self.folder + "onnx_quantized.bin")
    #expect(cases.count > 400)
    for item in cases {
      if let problem = item.problem() { Issue.record("\(item.name): \(problem)") }
    }
  }
}
