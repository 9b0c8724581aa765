import DiscreteEvents

/// When a stream of probabilities counts as a detection.
public struct DetectorSettings: Sendable, Equatable {
  /// The mean of the window must exceed this.
  public var probabilityCutoff: Double
  /// Inferences that are averaged.
  public var slidingWindowSize: Int
  /// After a detection nothing is detected for so long.
  public var refractoryPeriod: SimulationDuration

  public init(
    probabilityCutoff: Double, slidingWindowSize: Int, refractoryPeriod: SimulationDuration
  ) {
    precondition(slidingWindowSize > 0)
    self.probabilityCutoff = probabilityCutoff
    self.slidingWindowSize = slidingWindowSize
    self.refractoryPeriod = refractoryPeriod
  }
}
