/// What a metric becomes when one part of a network is changed and all others are not.
public struct SensitivityTable: Sendable, Equatable {
  /// What the strengths are, such as `sparsity`.
  public var strength: String
  /// What was measured, such as `accuracy`.
  public var metric: String
  /// Of the network as it is.
  public var baseline: Double
  public var rows: [Row]

  public init(strength: String, metric: String, baseline: Double, rows: [Row]) {
    self.strength = strength
    self.metric = metric
    self.baseline = baseline
    self.rows = rows
  }

  public struct Row: Sendable, Equatable {
    /// A layer, or a filter of one.
    public var part: String
    public var points: [Point]

    public init(part: String, points: [Point]) {
      self.part = part
      self.points = points
    }

    /// The greatest strength up to which the metric loses at most `loss`; nil when none does.
    ///
    /// - Parameter sign: -1 for metrics that are better when they are lower.
    public func greatestStrength(losing loss: Double, from baseline: Double, sign: Double = 1)
      -> Double?
    {
      points.sorted { $0.strength < $1.strength }
        .prefix { $0.metric.map { sign * (baseline - $0) <= loss } ?? false }
        .last?.strength
    }
  }

  public struct Point: Sendable, Equatable {
    public var strength: Double
    /// Nil where the part cannot be changed so much.
    public var metric: Double?

    public init(strength: Double, metric: Double?) {
      self.strength = strength
      self.metric = metric
    }
  }
}
