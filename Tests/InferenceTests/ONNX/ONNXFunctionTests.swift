import NeuralNetworks
import Testing

@testable import Inference

@Suite("Functions of ONNX models")
struct ONNXFunctionTests {
  private typealias Bytes = ONNXModelBytes
  private typealias Node = ONNXModelBytes.Node

  private static func evaluator(
    _ nodes: [Node], outputs: [String] = ["y"], functions: [[UInt8]]
  ) throws -> ONNXEvaluator {
    let graph = Bytes.graph(nodes, inputs: ["x"], outputs: outputs)
    let file = ModelBytes(Bytes.model(graph: graph, functions: functions))
    return ONNXEvaluator(try ONNXProgram(ONNXReader.read(file, name: "test")))
  }

  private static func outputs(_ evaluator: ONNXEvaluator, _ x: [Float]) throws -> [[Float]] {
    let input = try TensorValue(
      .float32, Shape([x.count]), bytes: x.withUnsafeBytes { Array($0) })
    return try evaluator.run([.tensor(input)]).map { value in
      guard case .tensor(let tensor) = value else { return [] }
      return try tensor.floats()
    }
  }

  private static func call(
    _ name: String, _ inputs: [String], _ outputs: [String], _ attributes: [[UInt8]] = []
  ) -> Node {
    Node(type: name, inputs: inputs, outputs: outputs, domain: "own", attributes: attributes)
  }

  private static let twice = Bytes.function(
    "Twice", [Node(type: "Add", inputs: ["x", "x"], outputs: ["sum"])], inputs: ["x"],
    outputs: ["sum"])

  @Test("Calls are computed, also calls in calls and two of one function")
  func calls() throws {
    let four = Bytes.function(
      "Four", [Self.call("Twice", ["a"], ["b"]), Self.call("Twice", ["b"], ["c"])],
      inputs: ["a"], outputs: ["c"])
    let evaluator = try Self.evaluator(
      [Self.call("Four", ["x"], ["a"]), Self.call("Twice", ["a"], ["y"])],
      functions: [four, Self.twice])
    #expect(try Self.outputs(evaluator, [1, -2]) == [[8, -16]])
  }

  @Test("A function's nodes take attributes of the call, or their defaults")
  func attributes() throws {
    let leaky = Bytes.function(
      "Leaky",
      [
        Node(
          type: "LeakyRelu", inputs: ["x"], outputs: ["y"],
          attributes: [Bytes.attribute("alpha", reference: "slope")])
      ], inputs: ["x"], outputs: ["y"], defaults: [Bytes.attribute("slope", 0.5)])
    let evaluator = try Self.evaluator(
      [
        Self.call("Leaky", ["x"], ["y"]),
        Self.call("Leaky", ["x"], ["z"], [Bytes.attribute("slope", 0.25)]),
      ], outputs: ["y", "z"], functions: [leaky])
    #expect(try Self.outputs(evaluator, [4, -4]) == [[4, -2], [4, -1]])
  }

  @Test("An input that is an output, and a graph that sees the function's values")
  func scopes() throws {
    let branch = Bytes.graph(
      [Node(type: "Neg", inputs: ["v"], outputs: ["z"])], inputs: [], outputs: ["z"])
    let function = Bytes.function(
      "Both",
      [
        Node(type: "ReduceSum", inputs: ["v"], outputs: ["sum"]),
        Node(
          type: "Cast", inputs: ["sum"], outputs: ["flag"],
          attributes: [
            Bytes.field(1, "to") + Bytes.number(3, 9) + Bytes.number(20, 2)
          ]),
        Node(type: "Squeeze", inputs: ["flag"], outputs: ["scalar"]),
        Node(
          type: "If", inputs: ["scalar"], outputs: ["w"], graph: ("then_branch", branch)),
      ], inputs: ["v"], outputs: ["v", "w"])
    let evaluator = try Self.evaluator(
      [Self.call("Both", ["x"], ["y", "z"])], outputs: ["y", "z"], functions: [function])
    #expect(try Self.outputs(evaluator, [1, 2]) == [[1, 2], [-1, -2]])
  }

  @Test("Functions that call themselves, or that grow without bound, are refused")
  func bombs() {
    func problem(_ functions: [[UInt8]], _ name: String) -> String {
      do {
        _ = try Self.evaluator([Self.call(name, ["x"], ["y"])], functions: functions)
        return "none"
      } catch { return "\(error)" }
    }
    let loop = Bytes.function(
      "Loop", [Self.call("Loop", ["a"], ["b"])], inputs: ["a"], outputs: ["b"])
    #expect(problem([loop], "Loop").contains("calls of itself"))
    let tower = (0..<30).map { level in
      Bytes.function(
        "F\(level)",
        [
          Self.call(level == 0 ? "Twice" : "F\(level - 1)", ["a"], ["b"]),
          Self.call(level == 0 ? "Twice" : "F\(level - 1)", ["b"], ["c"]),
        ], inputs: ["a"], outputs: ["c"])
    }
    #expect(problem(tower + [Self.twice], "F29").contains("a network that goes on"))
    #expect(problem([Self.twice, Self.twice], "Twice").contains("Twice twice"))
  }
}
