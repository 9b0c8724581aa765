/// What is wrong with a model, where, and what was expected instead.
///
/// The file's name is added by the caller, who knows it.
public struct ModelError: Error, Sendable, Equatable, CustomStringConvertible {
  /// Where in the model: `byte 1024`, `subgraph 0, operator 17 (CONV_2D)`.
  public let place: String
  public let found: String
  public let expected: String
  /// More that is wrong, found in the same pass.
  public private(set) var others: [ModelError] = []

  public init(place: String, found: String, expected: String) {
    self.place = place
    self.found = found
    self.expected = expected
  }

  /// The same error, seen from further outside.
  public func inside(_ outer: String) -> ModelError {
    ModelError(
      place: place.isEmpty ? outer : "\(outer), \(place)", found: found, expected: expected)
  }

  /// All of the errors in one; nil for none.
  public init?(all errors: [ModelError]) {
    guard let first = errors.first else { return nil }
    self = first
    others = Array(errors.dropFirst())
  }

  public var description: String {
    (["\(place): found \(found), expected \(expected)"] + others.map(\.description))
      .joined(separator: "\n")
  }
}
