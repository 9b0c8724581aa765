import Inference
import NeuralNetworks
import Testing

@testable import EdgeSimCore

@Suite struct ArenaDrawingTests {
  /// A chain of operators over tensors of growing size.
  private func plan(operatorCount: Int, name: String = "t") throws -> ExecutionPlan {
    let tensors = (0...operatorCount).map {
      Tensor(name: "\(name)\($0)", elementType: .float32, shape: [4, 10])
    }
    let main = Subgraph(
      name: "main", tensors: tensors, inputs: [0], outputs: [operatorCount],
      operators: (0..<operatorCount).map {
        Operator(
          operation: .binary(.add, activation: .none), inputs: [max(0, $0 - 1), $0],
          outputs: [$0 + 1])
      })
    return try ExecutionPlan(
      Network(name: "chain", subgraphs: [main], fileByteCount: 0), arithmetic: .doubleRounding)
  }

  @Test("No line of the drawing is wider than the terminal", arguments: [20, 40, 80, 200])
  func width(_ width: Int) throws {
    for operatorCount in [1, 2, 9, 60, 300] {
      let lines = ArenaDrawing(try plan(operatorCount: operatorCount), width: width)
        .lines(style: .plain)
      #expect(lines.count == 18)
      #expect(lines.prefix(17).allSatisfy { $0.unicodeScalars.count <= width })
      #expect(lines.prefix(16).joined().contains("0"), "the input is labelled")
    }
  }

  @Test("Every place is a rectangle of the picture, and names are text")
  func picture() throws {
    let plan = try plan(operatorCount: 5, name: "<a&\u{1}")
    let svg = ArenaSVG(plan).document
    let owners = Set(plan.arena.buffers.map(\.owner))
    #expect(svg.components(of: "fill-opacity") == owners.count)
    #expect(svg.contains("&lt;a&amp;?") && !svg.contains("<a&"))
    #expect(svg == ArenaSVG(plan).document)
  }
}

extension String {
  /// How often a text occurs.
  fileprivate func components(of text: String) -> Int {
    utf8.indices.count { self[$0...].hasPrefix(text) }
  }
}
