import Inference
import NeuralNetworks

/// `edgesim inspect --coverage`: which operators of a model we can run.
enum CoverageInspection {
  /// One operation with one set of types and one answer.
  private struct Group {
    var cells: [Inspection.Cell]
    var count: Int
  }

  /// - Parameters:
  ///   - problem: why the model as a whole cannot be run; nil when it can.
  ///   - trial: what it was run on, to know.
  static func of(
    _ coverage: OperatorCoverage, problem: String?, trial: String? = nil
  ) -> Inspection {
    let lacking = coverage.rows.count - coverage.coveredCount
    let reason = lacking > 0 ? "\(lacking) operators lack what is listed" : problem
    var inspection = Inspection(
      stage: "coverage",
      facts: [
        ("model", .text(coverage.model)), ("operators", .int(coverage.rows.count)),
        ("supported operators", .int(coverage.coveredCount)),
        ("runs", .text(reason.map { "no: \($0)" } ?? "yes")),
      ], tables: [groups(coverage), operators(coverage)])
    if let trial { inspection.facts.append(("tried with", .text(trial))) }
    return inspection
  }

  /// A problem in one line.
  static func text(_ error: ModelError) -> String {
    "\(error.place): found \(error.found), expected \(error.expected)"
  }

  private static func types(_ row: OperatorCoverage.Row) -> String {
    row.inputTypes.joined(separator: " ") + " -> " + row.outputTypes.joined(separator: " ")
  }

  /// By first appearance.
  private static func groups(_ coverage: OperatorCoverage) -> Inspection.Table {
    var groups: [Group] = []
    var indexOfKey: [[String]: Int] = [:]
    for row in coverage.rows {
      let key = [row.name, types(row), row.kernelName ?? "-", row.missing ?? "-"]
      if let index = indexOfKey[key] {
        groups[index].count += 1
      } else {
        indexOfKey[key] = groups.count
        groups.append(Group(cells: key.map { .text($0) }, count: 1))
      }
    }
    return Inspection.Table(
      name: "operations", columns: ["count", "operation", "types", "kernel", "missing"],
      numeric: ["count"], rows: groups.map { [.int($0.count)] + $0.cells })
  }

  private static func operators(_ coverage: OperatorCoverage) -> Inspection.Table {
    Inspection.Table(
      name: "operators",
      columns: ["subgraph", "operator", "operation", "types", "kernel", "missing"],
      numeric: ["subgraph", "operator"],
      rows: coverage.rows.map { row in
        [
          .int(row.subgraph), .int(row.index), .text(row.name), .text(types(row)),
          .text(row.kernelName ?? "-"), .text(row.missing ?? "-"),
        ]
      })
  }
}
