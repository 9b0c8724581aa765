/// One labeled recording of a dataset, not yet read.
public struct LabeledClip: Sendable, Equatable {
  /// The file, ready to open.
  public var path: String
  /// The wake word's name, the class, or `none`.
  public var label: String
  /// Who made the sound.
  public var origin: ClipOrigin
  /// Where the labeled phrase begins in the recording; nil for its first sample.
  public var startSeconds: Double?
  /// Where the labeled phrase ends; nil for the recording's last sample.
  public var endSeconds: Double?

  public init(
    path: String, label: String, origin: ClipOrigin = .unstated, startSeconds: Double? = nil,
    endSeconds: Double? = nil
  ) {
    self.path = path
    self.label = label
    self.origin = origin
    self.startSeconds = startSeconds
    self.endSeconds = endSeconds
  }
}

/// Who made the sound of a clip. Reports keep these apart: accuracy on synthetic speech says less.
public enum ClipOrigin: String, Sendable, Equatable, CaseIterable {
  case human, synthetic, unstated
}
