/// A clock and the power drawn while computing at it.
public struct OperatingPoint: Sendable, Equatable {
  public var name: String
  public var clockHertz: Figure
  /// Watts while one core computes, of what `powerScope` names.
  public var activePower: Figure
  /// What the power is of: the chip, the board, the whole device.
  public var powerScope: String

  public init(name: String, clockHertz: Figure, activePower: Figure, powerScope: String) {
    self.name = name
    self.clockHertz = clockHertz
    self.activePower = activePower
    self.powerScope = powerScope
  }
}
