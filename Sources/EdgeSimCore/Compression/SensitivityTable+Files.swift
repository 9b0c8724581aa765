import Compression

/// The table as files that other tools open.
extension SensitivityTable {
  static let format = "edgesim-sensitivity/1"

  /// Versioned JSON.
  var json: JSONText {
    .object([
      ("format", .string(Self.format)), ("version", .string(EdgeSimVersion.current)),
      ("strength", .string(strength)), ("metric", .string(metric)),
      ("baseline", .number(baseline)),
      (
        "parts",
        .array(
          rows.map { row in
            .object([
              ("part", .string(row.part)),
              (
                "points",
                .array(
                  row.points.map {
                    .object([("strength", .number($0.strength)), ("metric", .number($0.metric))])
                  })
              ),
            ])
          })
      ),
    ])
  }

  /// One row for each part and strength; a metric is empty where the part cannot be changed so
  /// much.
  var csv: String {
    CSVFile.text(
      header: ["part", "strength", "metric"],
      rows: rows.flatMap { row in
        row.points.map { [row.part, "\($0.strength)", $0.metric.map { "\($0)" } ?? ""] }
      })
  }

  /// For a terminal: a row for each part, a column for each strength.
  var text: String {
    let strengths = rows.first?.points.map(\.strength) ?? []
    var table = TextTable([.left] + strengths.map { _ in .right })
    table.add([strength] + strengths.map(NumberFormat.significant))
    for row in rows {
      table.add([row.part] + row.points.map { $0.metric.map(NumberFormat.significant) ?? "-" })
    }
    let unchanged = "\(metric) unchanged: \(NumberFormat.significant(baseline))"
    return ([unchanged, ""] + table.lines).joined(separator: "\n") + "\n"
  }

  /// Writes `sensitivity.json`, `.csv` and `.svg`; returns their paths.
  func write(to folder: String) throws(InputError) -> [String] {
    let files = [
      ("json", json.document), ("csv", csv), ("svg", SensitivitySVG(self).document),
    ].map { ("\(folder)/sensitivity.\($0)", $1) }
    for (path, text) in files { try AtomicFile.write(text, to: path) }
    return files.map(\.0)
  }
}
