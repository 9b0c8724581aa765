/// A state in which nothing is computed.
public struct IdleState: Sendable, Equatable {
  public var name: String
  /// Watts, of the same scope as the operating points.
  public var power: Figure
  /// Time until computing goes on; nil where unknown.
  public var wakeLatencySeconds: Figure?
  /// Shortest stay that saves energy; nil where unknown.
  public var minimumResidencySeconds: Figure?

  public init(
    name: String, power: Figure, wakeLatencySeconds: Figure? = nil,
    minimumResidencySeconds: Figure? = nil
  ) {
    self.name = name
    self.power = power
    self.wakeLatencySeconds = wakeLatencySeconds
    self.minimumResidencySeconds = minimumResidencySeconds
  }
}
