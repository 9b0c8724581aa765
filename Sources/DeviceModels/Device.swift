/// A device as its document describes it.
public struct Device: Sendable, Equatable {
  public var name: String
  public var title: String
  public var kind: DeviceKind
  public var summary: String
  public var processors: [Processor]
  public var operatingPoints: [OperatingPoint]
  public var idleStates: [IdleState]
  public var memory: Memory
  public var battery: Battery?
  /// Watts of the microphone and its converter; nil where unknown.
  public var audioInputPower: Figure?
  public var runtimes: [Runtime]

  public init(
    name: String, title: String, kind: DeviceKind, summary: String, processors: [Processor],
    operatingPoints: [OperatingPoint], idleStates: [IdleState], memory: Memory, battery: Battery?,
    audioInputPower: Figure?, runtimes: [Runtime]
  ) {
    self.name = name
    self.title = title
    self.kind = kind
    self.summary = summary
    self.processors = processors
    self.operatingPoints = operatingPoints
    self.idleStates = idleStates
    self.memory = memory
    self.battery = battery
    self.audioInputPower = audioInputPower
    self.runtimes = runtimes
  }
}
