/// The report as files that other tools open.
extension RunReport {
  /// Versioned JSON, SI base units.
  public var json: String {
    JSONText.object([
      ("format", .string(Self.format)), ("version", .string(EdgeSimVersion.current)),
      ("scenario", .string(scenario)), ("description", .string(description)),
      ("seed", .int(Int(seed))),
      ("provenance", .array(provenance.map(\.json))),
      ("facts", .object(facts.map { ($0.name, .string($0.text)) })),
      ("devices", .array(devices.map(\.json))),
    ]).document
  }

  /// One row a metric, SI base units.
  public var csv: String {
    CSVFile.text(
      header: [
        "scenario", "seed", "device", "group", "metric", "unit", "value", "cost_low", "cost_high",
        "confidence_low", "confidence_high",
      ],
      rows: devices.flatMap { device in
        device.metrics.map { metric in
          let numbers = [
            metric.value, metric.costRange?.lowerBound, metric.costRange?.upperBound,
            metric.confidence?.low, metric.confidence?.high,
          ]
          return [
            scenario, "\(seed)", device.device, metric.group, metric.name, metric.unit.rawValue,
          ] + numbers.map { $0.map { "\($0)" } ?? "" }
        }
      })
  }

  /// Writes `report.json`, `report.csv` and `report.txt`; returns their paths.
  public func write(to folder: String) throws(InputError) -> [String] {
    let files = [
      ("report.txt", table(style: .plain)), ("report.json", json), ("report.csv", csv),
    ]
    for (name, text) in files { try AtomicFile.write(text, to: "\(folder)/\(name)") }
    return files.map { "\(folder)/\($0.0)" }
  }
}

extension RunReport.Provenance {
  /// Files by the hash of their content. O(bytes).
  static func files(
    _ entries: [(role: String, path: String)]
  ) throws(InputError) -> [RunReport.Provenance] {
    try entries.map { entry throws(InputError) -> RunReport.Provenance in
      let bytes = try TextFile.read(path: entry.path, limit: .max)
      return .init(
        role: entry.role, path: entry.path, sha256: ContentHash.sha256(of: bytes))
    }
  }

  var json: JSONText {
    .object([("role", .string(role)), ("path", .string(path)), ("sha256", .string(sha256))])
  }
}

extension DeviceReport {
  fileprivate var json: JSONText {
    .object([
      ("device", .string(device)), ("title", .string(title)), ("runtime", .string(runtime)),
      ("arithmetic", .string(arithmetic)), ("operatingPoint", .string(operatingPoint)),
      ("violations", .array(violations.map(JSONText.string))),
      ("grades", .object(grades.map { ($0.figure, .string($0.grade)) })),
      ("metrics", .array(metrics.map(\.json))),
    ])
  }
}

extension Metric {
  var json: JSONText {
    .object([
      ("group", .string(group)), ("metric", .string(name)), ("unit", .string(unit.rawValue)),
      ("value", .number(value)), ("costLow", .number(costRange?.lowerBound)),
      ("costHigh", .number(costRange?.upperBound)), ("confidenceLow", .number(confidence?.low)),
      ("confidenceHigh", .number(confidence?.high)),
    ])
  }
}
