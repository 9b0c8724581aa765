import Glibc
import NeuralNetworks
import Testing

@testable import Inference

@Suite struct NodeSuiteTests {
  /// `test,reason` for each test that does not pass: with EDGESIM_RECORD set it is written anew.
  private static let list =
    #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(2)
    .joined(separator: "/") + "/Oracles/onnx_node_tests_not_passed.csv"

  @Test(
    "ONNX's node tests pass, but for those listed with their reasons",
    .enabled(if: NodeSuite.isInstalled, "needs Debian's libonnx-testdata"))
  func nodeSuite() throws {
    var lines: [String] = []
    let names = NodeSuite.names()
    for name in names {
      if case .failed(let reason) = NodeSuite.run(name) {
        lines.append("\(name),\"\(reason.map { $0 == "\"" ? "'" : String($0) }.joined())\"")
      }
    }
    print("ONNX node tests: \(names.count - lines.count) of \(names.count) pass")
    let text = (["test,reason"] + lines).joined(separator: "\n") + "\n"
    if getenv("EDGESIM_RECORD") != nil { try write(text, to: Self.list) }
    let expected = try ModelBytes(mapping: Self.list).withBytes {
      String(decoding: $0, as: UTF8.self)
    }
    let difference = Set(text.split(separator: "\n"))
      .symmetricDifference(expected.split(separator: "\n")).sorted()
    #expect(difference.isEmpty, "other than listed: \(difference.prefix(20))")
  }

  private func write(_ text: String, to path: String) throws {
    let file = try #require(fopen(path, "w"))
    fputs(text, file)
    fclose(file)
  }
}
