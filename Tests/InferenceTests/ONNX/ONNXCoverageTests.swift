import NeuralNetworks
import Testing

@testable import Inference

@Suite("Coverage of ONNX models")
struct ONNXCoverageTests {
  private typealias Node = ONNXModelBytes.Node

  private static func model(_ graph: [UInt8]) throws -> ONNXModel {
    try ONNXReader.read(ModelBytes(ONNXModelBytes.model(graph: graph)), name: "test")
  }

  /// An initializer of one text.
  private static func text(_ name: String) -> [UInt8] {
    ONNXModelBytes.field(
      5, ONNXModelBytes.number(2, 8) + ONNXModelBytes.field(6, "a") + ONNXModelBytes.field(8, name))
  }

  @Test("Operators that we lack are listed with their graph, also those of inner graphs")
  func lacking() throws {
    let inner = ONNXModelBytes.graph(
      [Node(type: "Bar", inputs: ["x"], outputs: ["z"])], inputs: [], outputs: ["z"])
    let graph = ONNXModelBytes.graph(
      [
        Node(type: "Foo", inputs: ["x", ""], outputs: ["a"]),
        Node(type: "If", inputs: ["a"], outputs: ["y"], graph: ("then_branch", inner)),
      ], inputs: ["x"], outputs: ["y"])
    let coverage = OperatorCoverage(try Self.model(graph))
    #expect(coverage.rows.map(\.name) == ["Foo", "If", "Bar"])
    #expect(coverage.rows.map(\.subgraph) == [0, 0, 1])
    #expect(coverage.rows.map(\.missing) == ["the operator", nil, "the operator"])
    #expect(coverage.rows[0].inputTypes == ["?", "-"] && coverage.coveredCount == 1)
  }

  @Test("A constant that we cannot hold spoils its own readers only, and is told when it is run")
  func texts() throws {
    let graph =
      ONNXModelBytes.graph(
        [
          Node(type: "Relu", inputs: ["x"], outputs: ["a"]),
          Node(type: "Concat", inputs: ["a", "t"], outputs: ["y"]),
        ], inputs: ["x"], outputs: ["y"]) + Self.text("t")
    let model = try Self.model(graph)
    let coverage = OperatorCoverage(model)
    #expect(coverage.rows.map(\.missing) == [nil, "constants of string"])
    do {
      _ = try ONNXProgram(model)
      Issue.record("it was taken")
    } catch { #expect("\(error)".contains("tensor \"t\", data type: found string")) }
  }

  @Test("A trial tells the types, and what the operator that failed lacks")
  func trial() throws {
    let graph = ONNXModelBytes.graph(
      [
        Node(type: "Relu", inputs: ["x"], outputs: ["a"]),
        Node(type: "Add", inputs: ["a", "z"], outputs: ["b"]),
        Node(type: "Relu", inputs: ["b"], outputs: ["y"]),
      ], inputs: ["x", "z"], outputs: ["y"])
    let model = try Self.model(graph)
    let evaluator = ONNXEvaluator(try ONNXProgram(model))
    func value(_ count: Int) throws -> ONNXValue {
      .tensor(
        try TensorValue(.int8, Shape([count]), bytes: [UInt8](repeating: 1, count: count)))
    }
    var coverage = OperatorCoverage(model)
    try coverage.trial(evaluator, [value(3), value(3)])
    #expect(coverage.rows.map(\.outputTypes) == [["int8"], ["int8"], ["int8"]])
    coverage = OperatorCoverage(model)
    #expect(throws: ModelError.self) { try coverage.trial(evaluator, [value(3), value(2)]) }
    #expect(coverage.rows.map { $0.missing == nil } == [true, false, true])
    #expect(coverage.rows[0].inputTypes == ["int8"] && coverage.rows[2].inputTypes == ["?"])
  }
}
