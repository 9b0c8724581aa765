/// A value of a device with where it comes from.
public struct Figure: Sendable, Equatable {
  public var estimate: Estimate
  public var grade: Grade
  /// A public title or address, and how the value follows from it where it is not stated there.
  public var citation: String

  public init(estimate: Estimate, grade: Grade, citation: String) {
    self.estimate = estimate
    self.grade = grade
    self.citation = citation
  }
}
