@testable import Inference

/// The recorded part of `docs/onnx.md`: what passes, what does not and why, and the operators.
struct ConformanceReport {
  /// `test,edge,onnxruntime` for each node test: what ONNX Runtime makes of it.
  static let oraclePath = "Tests/InferenceTests/Oracles/onnx_node_tests.csv"

  /// Reasons by `folder/test`.
  let failures: [String: String]
  private let oracle: [(test: String, isEdge: Bool, result: String)]

  init(failures: [String: String], oracle: String) {
    self.failures = failures
    self.oracle = oracle.split(separator: "\n").dropFirst().map { row in
      let fields = row.split(separator: ",").map(String.init)
      return (fields[0], fields[1] == "yes", fields[2])
    }
  }

  var text: String {
    (counts + [""] + notPassed + [""] + oracleFailures + [""] + operators)
      .joined(separator: "\n") + "\n"
  }

  private var counts: [String] {
    let folders = (["node"] + NodeSuite.networks).map { folder in
      let names = NodeSuite.names(folder)
      let passed = names.count { failures["\(folder)/\($0)"] == nil }
      let theirs = folder == "node" ? "\(oracle.count { $0.result == "passed" })" : ""
      return "| \(folder) | \(names.count) | \(passed) | \(theirs) |"
    }
    let edge = oracle.filter(\.isEdge)
    let passed = edge.count { failures["node/\($0.test)"] == nil }
    let theirs = edge.count { $0.result == "passed" }
    return [
      "## Conformance", "", "| tests | number | EdgeSim passes | ONNX Runtime passes |",
      "|---|---|---|---|",
    ] + folders + ["| of node: edge tests | \(edge.count) | \(passed) | \(theirs) |"]
  }

  private var notPassed: [String] {
    ["## Not passed", "", "| test | why |", "|---|---|"]
      + failures.keys.sorted().map { "| `\($0)` | \(failures[$0] ?? "") |" }
  }

  private var oracleFailures: [String] {
    [
      "## Edge tests that ONNX Runtime does not pass", "", "| test | result | EdgeSim |",
      "|---|---|---|",
    ]
      + oracle.filter { $0.isEdge && $0.result != "passed" }.map { row in
        let ours = failures["node/\(row.test)"] == nil ? "passes" : "does not pass"
        return "| `\(row.test)` | \(row.result) | \(ours) |"
      }
  }

  private var operators: [String] {
    OperatorTable.domains.flatMap { domain, _ in
      let names = OperatorTable.names(inDomain: domain)
      return [
        "## Operators of \(domain.isEmpty ? "ONNX" : domain)", "",
        "\(names.count): " + names.map { "`\($0)`" }.joined(separator: ", ") + ".", "",
      ]
    }.dropLast()
  }
}
