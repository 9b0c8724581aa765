/// A group of equal cores.
public struct Processor: Sendable, Equatable {
  public var name: String
  public var coreCount: Int

  public init(name: String, coreCount: Int) {
    self.name = name
    self.coreCount = coreCount
  }
}
