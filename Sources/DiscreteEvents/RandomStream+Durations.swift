import ReproducibleMath

extension RandomStream {
  /// Uniform duration in `range`, both ends included.
  public mutating func uniform(in range: ClosedRange<SimulationDuration>) -> SimulationDuration {
    let span = range.upperBound - range.lowerBound
    let offset = uniform(below: span.nanoseconds + 1)
    return range.lowerBound + SimulationDuration(nanoseconds: offset)
  }
}
