import Inference
import NeuralNetworks
import Testing

@Suite("Single operators")
struct OperatorCaseTests {
  private static let families = [
    "activations", "binary", "comparisons", "complex", "indexing", "products", "rearrangements",
    "recurrent", "reductions", "selections", "signals", "unary", "xnnpack",
  ]

  @Test(
    "Every operator and element type computes what tflite-micro or LiteRT computes",
    arguments: families)
  func cases(family: String) throws {
    let cases = try OperatorCase.all(of: family)
    #expect(cases.count > 20)
    for operatorCase in cases {
      for expectation in operatorCase.expectations {
        let found: String?
        do {
          let outputs = try operatorCase.outputs(expectation.arithmetic)
          found = operatorCase.difference(outputs, from: expectation)
        } catch { found = "\(error)" }
        #expect(found == nil, "\(operatorCase.name), \(expectation.runtime)")
      }
    }
  }

  @Test("Every operator is read as it was written", arguments: families)
  func writing(family: String) throws {
    for operatorCase in try OperatorCase.all(of: family) {
      let network = try TFLiteReader.read(ModelBytes(operatorCase.model), name: "")
      let written = try TFLiteWriter.bytes(of: network)
      let again = try TFLiteReader.read(ModelBytes(written), name: "")
      #expect(again.subgraphs == network.subgraphs, "\(operatorCase.name)")
    }
  }
}
