/// What a model and its activations must fit into.
public struct Memory: Sendable, Equatable {
  public var flashBytes: Figure
  public var ramBytes: Figure

  public init(flashBytes: Figure, ramBytes: Figure) {
    self.flashBytes = flashBytes
    self.ramBytes = ramBytes
  }
}
