import Inference
import NeuralNetworks

/// `edgesim inspect --coverage`: which operators of a model we can run.
enum CoverageInspection {
  /// One operation with one set of types and one answer.
  private struct Group {
    var cells: [Inspection.Cell]
    var count: Int
  }

  /// - Parameter problem: why the model as a whole cannot be run; nil when it can.
  static func of(_ coverage: OperatorCoverage, problem: String?) -> Inspection {
    let lacking = coverage.rows.count - coverage.coveredCount
    let reason = lacking > 0 ? "\(lacking) operators lack what is listed" : problem
    return Inspection(
      stage: "coverage",
      facts: [
        ("model", .text(coverage.model)), ("operators", .int(coverage.rows.count)),
        ("supported operators", .int(coverage.coveredCount)),
        ("runs", .text(reason.map { "no: \($0)" } ?? "yes")),
      ], tables: [groups(coverage), operators(coverage)])
  }

  private static func types(_ op: SurveyedOperator) -> String {
    op.inputTypes.joined(separator: " ") + " -> " + op.outputTypes.joined(separator: " ")
  }

  /// By first appearance.
  private static func groups(_ coverage: OperatorCoverage) -> Inspection.Table {
    var groups: [Group] = []
    var indexOfKey: [[String]: Int] = [:]
    for row in coverage.rows {
      let key = [
        row.surveyed.name, types(row.surveyed), row.kernelName ?? "-", row.missing ?? "-",
      ]
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
          .int(row.surveyed.subgraph), .int(row.surveyed.index), .text(row.surveyed.name),
          .text(types(row.surveyed)), .text(row.kernelName ?? "-"), .text(row.missing ?? "-"),
        ]
      })
  }
}
