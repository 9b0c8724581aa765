import NeuralNetworks
import Testing

@testable import Inference

@Suite struct ONNXEvaluatorTests {
  private typealias Node = ONNXModelBytes.Node

  private func evaluator(_ graph: [UInt8]) throws -> ONNXEvaluator {
    let file = ModelBytes(ONNXModelBytes.model(graph: graph))
    return ONNXEvaluator(try ONNXProgram(ONNXReader.read(file, name: "test")))
  }

  private func problem(_ body: () throws -> Void) -> String {
    do {
      try body()
      return "none"
    } catch { return "\(error)" }
  }

  @Test("Every unsupported operator is named before anything runs")
  func unsupported() {
    let graph = ONNXModelBytes.graph(
      [
        Node(type: "Foo", inputs: ["x"], outputs: ["a"]),
        Node(type: "Add", inputs: ["a", "a"], outputs: ["b"]),
        Node(type: "Bar", inputs: ["b"], outputs: ["y"]),
      ], inputs: ["x"], outputs: ["y"])
    let text = problem { _ = try evaluator(graph) }
    #expect(text.contains("node 0 (Foo), node 2 (Bar)"))
  }

  @Test("A name that nothing before defines is told with its node")
  func unknownName() {
    let graph = ONNXModelBytes.graph(
      [Node(type: "Relu", inputs: ["later"], outputs: ["y"])], inputs: ["x"], outputs: ["y"])
    let text = problem { _ = try evaluator(graph) }
    #expect(text.contains("node 0 (Relu), input 0") && text.contains("\"later\""))
  }

  @Test("An operator's problem is told with the node it is in")
  func located() throws {
    let graph = ONNXModelBytes.graph(
      [Node(type: "Add", inputs: ["x", "z"], outputs: ["y"])], inputs: ["x", "z"], outputs: ["y"])
    let evaluator = try evaluator(graph)
    let inputs = try [2, 3].map { count in
      ONNXValue.tensor(
        try TensorValue(.int8, Shape([count]), bytes: [UInt8](repeating: 1, count: count)))
    }
    let text = problem { _ = try evaluator.run(inputs) }
    #expect(text.contains("node 0 (Add)") && text.contains("[2] and [3]"))
  }

  @Test("A loop that does not end is stopped, though its body has no nodes")
  func endlessLoop() throws {
    let body = ONNXModelBytes.graph([], inputs: ["i", "go"], outputs: ["go"])
    let graph = ONNXModelBytes.graph(
      [Node(type: "Loop", inputs: ["", ""], outputs: [], graph: ("body", body))],
      inputs: ["x"], outputs: ["x"])
    let evaluator = try evaluator(graph)
    let input = ONNXValue.tensor(try TensorValue(.int8, [1], bytes: [7]))
    let text = problem { _ = try evaluator.run([input]) }
    #expect(text.contains("node 0 (Loop)") && text.contains("loops that end"))
  }

  @Test("Graphs that are nested too deep are refused")
  func deepNesting() {
    var graph = ONNXModelBytes.graph([], inputs: [], outputs: ["x"])
    for _ in 0..<20 {
      graph = ONNXModelBytes.graph(
        [Node(type: "If", inputs: ["x"], outputs: ["y"], graph: ("then_branch", graph))],
        inputs: ["x"], outputs: ["y"])
    }
    #expect(problem { _ = try evaluator(graph) }.contains("nested deeper"))
  }

  @Test("Matrices are multiplied by the fast kernel as by the plain one, bit for bit")
  func matrices() throws {
    for (rows, depth, columns) in [(4, 3, 9), (7, 33, 17), (64, 20, 40), (5, 1, 1)] {
      func values(_ count: Int, _ step: Int) -> [Float] {
        (0..<count).map { Float(($0 * step) % 23 - 11) / 7 }
      }
      let (a, b) = (values(rows * depth, 5), values(depth * columns, 3))
      var fast = [Float](repeating: 0, count: rows * columns)
      var plain = fast
      a.withUnsafeBufferPointer { a in
        b.withUnsafeBufferPointer { b in
          guard let left = a.baseAddress, let right = b.baseAddress else { return }
          let factors = (
            MatrixFactor(base: left, rowStep: depth), MatrixFactor(base: right, rowStep: columns)
          )
          fast.withUnsafeMutableBufferPointer { out in
            Float.multiply(
              factors.0, factors.1, rows: rows, depth: depth, columns: columns,
              into: out.baseAddress!, rowStep: columns)
          }
          plain.withUnsafeMutableBufferPointer { out in
            Float.multiplyPlainly(
              factors.0, factors.1, rows: rows, depth: depth, columns: columns,
              into: out.baseAddress!, rowStep: columns)
          }
        }
      }
      #expect(fast == plain)
    }
  }
}
