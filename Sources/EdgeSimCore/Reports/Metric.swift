/// One figure of a report, with what is known of its error.
///
/// Terminal, JSON and CSV are renderings of lists of these.
struct Metric: Sendable, Equatable {
  /// The heading it stands under: `response time`.
  var group: String
  /// What it is: `inference p99`.
  var name: String
  var unit: MetricUnit
  /// At the device's nominal costs; nil when the run has nothing to say.
  var value: Double?
  /// Over the runs at low, nominal and high costs; nil when the figure does not depend on costs.
  var costRange: ClosedRange<Double>?
  /// Of the sample: how far the figure may be off because so few were counted.
  var confidence: ConfidenceInterval?

  init(
    _ group: String, _ name: String, _ unit: MetricUnit, _ value: Double?,
    costRange: ClosedRange<Double>? = nil, confidence: ConfidenceInterval? = nil
  ) {
    self.group = group
    self.name = name
    self.unit = unit
    self.value = value
    self.costRange = costRange
    self.confidence = confidence
  }

  /// A figure that was computed at all three bounds of the costs.
  init(
    _ group: String, _ name: String, _ unit: MetricUnit, _ values: PerBound<Double?>,
    confidence: ConfidenceInterval? = nil
  ) {
    let all = [values.low, values.nominal, values.high].compactMap { $0 }
    let range = all.min().flatMap { low in all.max().map { low...$0 } }
    self.init(group, name, unit, values.nominal, costRange: range, confidence: confidence)
  }
}

/// The unit of a metric's value, as files spell it.
enum MetricUnit: String, Sendable {
  case seconds, joules, watts, bytes, hertz
  case count
  /// 0...1.
  case share
  case perHour = "per hour"
}

/// Which end of the prediction interval of a device's costs a run is priced at.
enum CostBound: String, Sendable, CaseIterable {
  case low, nominal, high
}

/// One value for each bound of the costs.
struct PerBound<Value> {
  var low: Value
  var nominal: Value
  var high: Value

  init(low: Value, nominal: Value, high: Value) {
    self.low = low
    self.nominal = nominal
    self.high = high
  }

  init<Failure: Error>(_ value: (CostBound) throws(Failure) -> Value) throws(Failure) {
    low = try value(.low)
    nominal = try value(.nominal)
    high = try value(.high)
  }

  subscript(bound: CostBound) -> Value {
    switch bound {
    case .low: low
    case .nominal: nominal
    case .high: high
    }
  }

  func map<Result>(_ transform: (Value) -> Result) -> PerBound<Result> {
    PerBound<Result>(low: transform(low), nominal: transform(nominal), high: transform(high))
  }
}

extension PerBound: Sendable where Value: Sendable {}
extension PerBound: Equatable where Value: Equatable {}
