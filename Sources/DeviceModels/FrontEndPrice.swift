/// What turns a hop or a frame of a sensor into the network's input.
public enum FrontEnd: Sendable, Equatable {
  /// One that runtimes have a price for.
  case named(String)
  /// The application's own, of so many cycles a hop.
  case priced(cyclesPerHop: Estimate)
}

/// What one hop of a front end costs.
public struct FrontEndPrice: Sendable, Equatable {
  public var name: String
  public var cyclesPerHop: Figure

  public init(name: String, cyclesPerHop: Figure) {
    self.name = name
    self.cyclesPerHop = cyclesPerHop
  }
}
