/// What one hop of a front end costs.
public struct FrontEndPrice: Sendable, Equatable {
  public var name: String
  public var cyclesPerHop: Figure

  public init(name: String, cyclesPerHop: Figure) {
    self.name = name
    self.cyclesPerHop = cyclesPerHop
  }
}
