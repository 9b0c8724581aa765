/// A battery, fresh and at room temperature.
public struct Battery: Sendable, Equatable {
  public var usableEnergyJoules: Figure

  public init(usableEnergyJoules: Figure) { self.usableEnergyJoules = usableEnergyJoules }
}
