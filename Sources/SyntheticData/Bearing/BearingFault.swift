/// The state of a bearing: the classes of `BearingVibration`, in their order.
public enum BearingFault: Int, Sendable, CaseIterable {
  case healthy
  case innerRace
  case outerRace
  case ball

  public var name: String {
    switch self {
    case .healthy: "healthy"
    case .innerRace: "inner-race"
    case .outerRace: "outer-race"
    case .ball: "ball"
    }
  }
}
