import Inference
import NeuralNetworks
import Testing

@Suite("Single operators")
struct OperatorCaseTests {
  @Test(
    "Every operator and element type computes what tflite-micro or LiteRT computes",
    arguments: [
      "activations", "binary", "comparisons", "indexing", "products", "rearrangements",
      "recurrent", "reductions", "selections", "signals", "unary", "xnnpack",
    ])
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
}
