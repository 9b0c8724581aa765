/// What is wrong with a file of sound, images or vibration, where, and what was expected instead.
///
/// The file's name is added by the caller, who knows it.
public struct SignalFileError: Error, Sendable, Equatable, CustomStringConvertible {
  /// Where in the file: `file`, `header`, `frame 16000`.
  public let place: String
  public let found: String
  public let expected: String

  public init(place: String, found: String, expected: String) {
    self.place = place
    self.found = found
    self.expected = expected
  }

  public var description: String { "\(place): found \(found), expected \(expected)" }
}
