import Glibc
import Testing

@testable import Inference

@Suite struct NodeSuiteTests {
  private static let project =
    #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(4)
    .joined(separator: "/")
  /// `test,reason` for each test that does not pass.
  private static let list = "\(project)/Tests/InferenceTests/Oracles/onnx_tests_not_passed.csv"
  private static let page = "\(project)/docs/onnx.md"
  private static let marker = "<!-- What follows is recorded. -->\n"

  /// With EDGESIM_RECORD set, list and page are written anew; reasons are kept.
  @Test(
    "ONNX's tests pass, but for those listed with their reasons",
    .enabled(if: NodeSuite.isInstalled, "needs Debian's libonnx-testdata"))
  func suite() throws {
    var failures: [String: String] = [:]
    for folder in ["node"] + NodeSuite.networks {
      for name in NodeSuite.names(folder) {
        if case .failed(let reason) = NodeSuite.run(name, in: folder) {
          failures["\(folder)/\(name)"] = reason
        }
      }
    }
    if getenv("EDGESIM_RECORD") != nil {
      var reasons = try listed()
      for name in failures.keys where reasons[name] == nil { reasons[name] = failures[name] }
      let rows = failures.keys.sorted().map { "\($0),\(reasons[$0] ?? "")\n" }
      try write("test,reason\n" + rows.joined(), to: Self.list)
    }
    let expected = try listed()
    for name in Set(failures.keys).symmetricDifference(expected.keys).sorted() {
      Issue.record("\(name): \(failures[name] ?? "passes, but is listed")")
    }
    let report = ConformanceReport(
      failures: expected, oracle: try text("\(Self.project)/\(ConformanceReport.oraclePath)"))
    let page = try text(Self.page)
    let start = try #require(page.firstRange(of: Self.marker)).upperBound
    if getenv("EDGESIM_RECORD") != nil {
      try write(page[..<start] + report.text, to: Self.page)
    } else {
      #expect(page[start...] == report.text, "docs/onnx.md: record it with EDGESIM_RECORD=1")
    }
  }

  private func listed() throws -> [String: String] {
    let rows = try text(Self.list).split(separator: "\n").dropFirst()
    return Dictionary(
      uniqueKeysWithValues: rows.map { row in
        let parts = row.split(separator: ",", maxSplits: 1).map(String.init)
        return (parts[0], parts.count > 1 ? parts[1] : "")
      })
  }

  private func text(_ path: String) throws -> String {
    let file = try #require(fopen(path, "r"), "\(path)")
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while case let count = fread(&buffer, 1, buffer.count, file), count > 0 {
      bytes += buffer[..<count]
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private func write(_ text: some StringProtocol, to path: String) throws {
    let file = try #require(fopen(path, "w"))
    fputs(String(text), file)
    fclose(file)
  }
}
