/// The report of `edgesim run`: metrics of each device side by side, and where they come from.
///
/// The terminal's table, the JSON and the CSV are renderings of this one value.
public struct RunReport: Sendable {
  static let format = "edgesim-report/1"

  var scenario: String
  var description: String
  var seed: UInt64
  /// What was read, by SHA-256: scenario, model, manifest, audio, devices.
  var provenance: [Provenance]
  /// Facts about the model and the audio: name and text.
  var facts: [(name: String, text: String)]
  var devices: [DeviceReport]

  struct Provenance: Sendable, Equatable {
    var role: String
    var path: String
    var sha256: String
  }

  /// Whether every budget is kept and everything fits, on every device.
  public var keepsBudgets: Bool { devices.allSatisfy(\.violations.isEmpty) }
}

/// One device's part of the report.
struct DeviceReport: Sendable {
  var device: String
  var title: String
  var runtime: String
  var arithmetic: String
  var operatingPoint: String
  var metrics: [Metric]
  /// Budgets of the scenario that are violated, in words; verdicts of the device too.
  var violations: [String]
  /// Figures of the device's document that the metrics rest on, with their grades.
  var grades: [(figure: String, grade: String)]
}
