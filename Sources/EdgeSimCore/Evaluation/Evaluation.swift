/// What `edgesim eval` found: facts and metrics of a model on a dataset, without a device.
struct Evaluation: Sendable {
  static let format = "edgesim-evaluation/1"

  var model: String
  var data: String
  var facts: [(name: String, text: String)]
  var metrics: [Metric]

  func table(style: TerminalStyle) -> String {
    var factTable = TextTable([.left, .left])
    for fact in facts { factTable.add([fact.name, fact.text]) }
    var table = TextTable([.left, .right, .left])
    for metric in metrics { table.add([metric.name, metric.valueText, metric.errorText]) }
    let lines = [style.bold("\(model) on \(data)")] + factTable.lines + [""] + table.lines
    return lines.joined(separator: "\n") + "\n"
  }

  var json: String {
    JSONText.object([
      ("format", .string(Self.format)), ("version", .string(EdgeSimVersion.current)),
      ("model", .string(model)), ("data", .string(data)),
      ("facts", .object(facts.map { ($0.name, .string($0.text)) })),
      ("metrics", .array(metrics.map(\.json))),
    ]).document
  }
}
