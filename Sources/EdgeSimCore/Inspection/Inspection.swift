import Inference
import NeuralNetworks

/// What `edgesim inspect` shows: facts, and tables of rows with named columns. The terminal's text
/// and the JSON are renderings of this one value.
struct Inspection {
  static let format = "edgesim-inspection/1"

  /// A cell: as a person reads it, and as a program does.
  struct Cell {
    var text: String
    var json: JSONText

    static func text(_ text: String) -> Cell { Cell(text: text, json: .string(text)) }

    static func int(_ value: Int) -> Cell { Cell(text: "\(value)", json: .int(value)) }

    /// In the base unit for programs.
    static func number(_ value: Double, _ unit: MetricUnit) -> Cell {
      Cell(text: NumberFormat.text(value, unit), json: .number(value))
    }
  }

  struct Table {
    var name: String
    var columns: [String]
    /// Columns that hold numbers, and are aligned right.
    var numeric: Set<String>
    var rows: [[Cell]]
  }

  var stage: String
  var facts: [(name: String, cell: Cell)]
  var tables: [Table]
  /// For people only, after the tables.
  var drawing: (_ style: TerminalStyle) -> [String] = { _ in [] }

  func table(style: TerminalStyle) -> String {
    var lines: [String] = []
    var factTable = TextTable([.left, .left])
    for fact in facts { factTable.add([fact.name, fact.cell.text]) }
    lines += factTable.lines
    for table in tables {
      var text = TextTable(table.columns.map { table.numeric.contains($0) ? .right : .left })
      text.add(table.columns)
      for row in table.rows { text.add(row.map(\.text)) }
      lines += ["", style.bold(table.name)] + text.lines
    }
    let drawn = drawing(style)
    if !drawn.isEmpty { lines += [""] + drawn }
    return lines.joined(separator: "\n") + "\n"
  }

  var json: String {
    let tables = self.tables.map { table in
      (
        table.name,
        JSONText.array(
          table.rows.map { row in .object(zip(table.columns, row).map { ($0, $1.json) }) })
      )
    }
    return JSONText.object(
      [("format", .string(Self.format)), ("stage", .string(stage))]
        + facts.map { ($0.name, $0.cell.json) } + tables
    ).document
  }
}

extension Inspection {
  /// Tensors and operators of every subgraph.
  init(_ network: Network) {
    stage = "network"
    facts = [
      ("model", .text(network.name)), ("file bytes", .int(network.fileByteCount)),
      ("subgraphs", .int(network.subgraphs.count)),
    ]
    tables = network.subgraphs.enumerated().flatMap { index, subgraph in
      [
        Table(
          name: "subgraph \(index): operators",
          columns: ["operator", "operation", "inputs", "outputs"], numeric: ["operator"],
          rows: subgraph.operators.enumerated().map { number, op in
            [
              .int(number), .text(op.operation.name), .text(Self.list(op.inputs)),
              .text(Self.list(op.outputs)),
            ]
          }),
        Table(
          name: "subgraph \(index): tensors",
          columns: ["tensor", "type", "shape", "kind", "scale", "zero point", "name"],
          numeric: ["tensor"],
          rows: subgraph.tensors.enumerated().map { number, tensor in
            Self.row(number, tensor, in: subgraph)
          }),
      ]
    }
  }

  private static func row(_ number: Int, _ tensor: Tensor, in subgraph: Subgraph) -> [Cell] {
    let kind =
      if subgraph.inputs.contains(number) {
        "input"
      } else if subgraph.outputs.contains(number) {
        "output"
      } else if tensor.constant != nil {
        "constant"
      } else {
        tensor.isVariable ? "variable" : "computed"
      }
    let quantization = tensor.quantization
    let scale = quantization.map {
      $0.isPerChannel ? "per-channel (\($0.scales.count), axis \($0.axis))" : "\($0.scale)"
    }
    return [
      .int(number), .text(tensor.elementType.rawValue), .text(tensor.shapeText), .text(kind),
      .text(scale ?? "-"), .text(quantization.map { "\($0.zeroPoint)" } ?? "-"),
      .text(tensor.name),
    ]
  }

  private static func list(_ tensors: [Int?]) -> String {
    tensors.map { $0.map(String.init) ?? "-" }.joined(separator: " ")
  }

  /// Counts of the entry subgraph, operator by operator.
  init(_ workload: NetworkWorkload, name: String) {
    stage = "workload"
    facts = [
      ("model", .text(name)), ("multiply-accumulates", .int(workload.macs)),
      ("weight bytes", .int(workload.weightBytes)),
    ]
    tables = [
      Table(
        name: "operators",
        columns: [
          "operator", "operation", "class", "type", "MACs", "weight bytes", "input bytes",
          "output bytes",
        ], numeric: ["operator", "MACs", "weight bytes", "input bytes", "output bytes"],
        rows: workload.operators.enumerated().map { number, op in
          [
            .int(number), .text(op.name), .text(op.operatorClass.rawValue),
            .text(op.elementType.rawValue), .int(op.macs), .int(op.weightBytes),
            .int(op.inputBytes), .int(op.outputBytes),
          ]
        })
    ]
  }
}

extension Tensor {
  /// `[1, 224, 224, 3]`, with a question mark behind an extent that may be another.
  fileprivate var shapeText: String {
    guard isDynamic.count == shape.rank else { return "\(shape)" }
    let extents = zip(shape.dimensions, isDynamic).map { "\($0)\($1 ? "?" : "")" }
    return "[" + extents.joined(separator: ", ") + "]"
  }
}
