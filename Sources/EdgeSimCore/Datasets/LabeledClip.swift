import SyntheticData

/// One labeled file of a dataset, not yet read: a recording or an image.
public struct LabeledClip: Sendable, Equatable {
  /// The file, ready to open.
  public var path: String
  /// The wake word's name, the class, or `none`.
  public var label: String
  /// Who made the sound.
  public var origin: ClipOrigin
  /// The route, machine, fault size or speaker that it comes from: alike samples.
  public var group: String
  /// The part of the data that it belongs to; nil when the manifest does not say.
  public var split: DataSplit?
  /// Where the labeled phrase begins in the recording; nil for its first sample.
  public var startSeconds: Double?
  /// Where the labeled phrase ends; nil for the recording's last sample.
  public var endSeconds: Double?

  public init(
    path: String, label: String, origin: ClipOrigin = .unstated, group: String = "",
    split: DataSplit? = nil, startSeconds: Double? = nil, endSeconds: Double? = nil
  ) {
    self.path = path
    self.label = label
    self.origin = origin
    self.group = group
    self.split = split
    self.startSeconds = startSeconds
    self.endSeconds = endSeconds
  }
}

/// Who made the sound of a clip. Reports keep these apart: accuracy on synthetic speech says less.
public enum ClipOrigin: String, Sendable, Equatable, CaseIterable {
  case human, synthetic, unstated
}
