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
}
