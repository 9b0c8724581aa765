import DeviceModels
import NeuralNetworks

/// Reads `edgesim-device/1` documents.
enum DeviceDocument {
  static let format = "edgesim-device/1"

  static func read(path: String) throws(InputError) -> Device {
    try read(try DocumentReader.read(path: path), file: path)
  }

  /// - Throws: all problems of the document at once.
  static func read(_ node: DocumentNode, file: String) throws(InputError) -> Device {
    let problems = DocumentProblems(file: file)
    let device = DocumentObject(node, problems: problems).flatMap(readDevice)
    try problems.throwIfAny()
    guard let device else { preconditionFailure("a document without problems was not read") }
    return device
  }

  private static func readDevice(_ root: DocumentObject) -> Device? {
    defer { root.finish() }
    _ = root.optionalString("$schema")
    _ = root.choice("format", of: [format])
    let name = root.string("name")
    let title = root.string("title")
    let kind = root.choice("kind", of: DeviceKind.allCases.map(\.rawValue))
      .flatMap(DeviceKind.init(rawValue:))
    let summary = root.string("summary")
    let processors = root.objects("processors", count: 1...16)?.compactMap(readProcessor)
    let points = named(root, "operatingPoints", count: 1...64)?.compactMap(readPoint)
    let idleStates = named(root, "idleStates", count: 1...16)?.compactMap(readIdleState)
    let memory = root.object("memory").flatMap(readMemory)
    let battery = root.optionalObject("battery").flatMap(readBattery)
    let audio = root.optionalFigure("audioInputPower", .power)
    let runtimes = named(root, "runtimes", count: 1...16)?.compactMap(RuntimeDocument.read)
    guard let name, let title, let kind, let summary, let processors, let points, let idleStates,
      let memory, let runtimes
    else { return nil }
    return Device(
      name: name, title: title, kind: kind, summary: summary, processors: processors,
      operatingPoints: points, idleStates: idleStates, memory: memory, battery: battery,
      audioInputPower: audio, runtimes: runtimes)
  }

  /// The objects of a list, whose names must differ.
  private static func named(
    _ root: DocumentObject, _ key: String, count: ClosedRange<Int>
  ) -> [DocumentObject]? {
    let objects = root.objects(key, count: count)
    var names: [String] = []
    for object in objects ?? [] {
      guard let name = object.optionalString("name") else { continue }
      if names.contains(name) {
        object.reject("name", expected: "a name that no other of \(key) has")
      }
      names.append(name)
    }
    return objects
  }

  private static func readProcessor(_ object: DocumentObject) -> Processor? {
    defer { object.finish() }
    guard let name = object.string("name"), let count = object.int("coreCount", in: 1...1024)
    else { return nil }
    return Processor(name: name, coreCount: count)
  }

  private static func readPoint(_ object: DocumentObject) -> OperatingPoint? {
    defer { object.finish() }
    let name = object.string("name")
    let clock = object.figure("clock", .frequency)
    let power = object.figure("activePower", .power)
    let scope = object.string("powerScope")
    if let clock, clock.estimate.low < 1 {
      object.reject("clock", found: "a clock under 1 Hz", expected: "at least 1 Hz")
    }
    guard let name, let clock, let power, let scope else { return nil }
    return OperatingPoint(name: name, clockHertz: clock, activePower: power, powerScope: scope)
  }

  private static func readIdleState(_ object: DocumentObject) -> IdleState? {
    defer { object.finish() }
    let name = object.string("name")
    let power = object.figure("power", .power)
    let latency = object.optionalFigure("wakeLatency", .duration)
    let residency = object.optionalFigure("minimumResidency", .duration)
    guard let name, let power else { return nil }
    return IdleState(
      name: name, power: power, wakeLatencySeconds: latency, minimumResidencySeconds: residency)
  }

  private static func readMemory(_ object: DocumentObject) -> Memory? {
    defer { object.finish() }
    let flash = object.figure("flash", .data)
    let ram = object.figure("ram", .data)
    guard let flash, let ram else { return nil }
    return Memory(flashBytes: flash, ramBytes: ram)
  }

  private static func readBattery(_ object: DocumentObject) -> Battery? {
    defer { object.finish() }
    return object.figure("usableEnergy", .energy).map(Battery.init(usableEnergyJoules:))
  }
}
