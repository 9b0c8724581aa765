import DiscreteEvents

/// Reads `edgesim-scenario/1` documents.
enum ScenarioReader {
  static let format = "edgesim-scenario/1"
  private static let longest = SimulationDuration(nanoseconds: 86_400_000_000_000)

  static func read(path: String) throws(InputError) -> Scenario {
    try read(try DocumentReader.read(path: path), file: path)
  }

  /// - Throws: all problems of the document at once.
  static func read(_ node: DocumentNode, file: String) throws(InputError) -> Scenario {
    let problems = DocumentProblems(file: file)
    let scenario = DocumentObject(node, problems: problems).flatMap {
      readScenario($0, folder: FileSystem.folder(of: file))
    }
    try problems.throwIfAny()
    guard let scenario else { preconditionFailure("a document without problems was not read") }
    return scenario
  }

  private static func readScenario(_ root: DocumentObject, folder: String) -> Scenario? {
    defer { root.finish() }
    _ = root.optionalString("$schema")
    _ = root.choice("format", of: [format])
    let name = root.string("name")
    let description = root.optionalString("description")
    let seed = root.optionalInt("seed", in: Scenario.seeds)
    let devices = root.objects("devices", count: 1...16)?.compactMap {
      readDevice($0, folder: folder)
    }
    let model = root.string("model")
    let stream = readStream(root.optionalObject("stream"))
    let deadlines = root.object("deadlines")
    let times = deadlines.flatMap(readDeadlines)
    let detection =
      root.has("frames") ? nil : deadlines.flatMap { duration($0, "detection") }
    deadlines?.finish()
    let source = readSource(root, detection, folder: folder)
    let tasks = root.optionalObjects("background", count: 0...16) ?? []
    let background = tasks.compactMap(readBackground)
    let budgets = readBudgets(root.optionalObject("budgets"))
    rejectRepeatedNames(tasks)
    guard let name, let devices, let model, let source, let times else { return nil }
    return Scenario(
      name: name, description: description ?? "", seed: UInt64(seed ?? 1), devices: devices,
      modelPath: FileSystem.resolve(model, in: folder), source: source, stream: stream,
      deadlines: times, background: background, budgets: budgets)
  }

  static func readDevice(
    _ object: DocumentObject, folder: String
  ) -> Scenario.DeviceSelection? {
    defer { object.finish() }
    let runtime = object.optionalString("runtime")
    let operatingPoint = object.optionalString("operatingPoint")
    return object.string("device").map {
      Scenario.DeviceSelection(
        device: DeviceLibrary.isPath($0) ? FileSystem.resolve($0, in: folder) : $0,
        runtime: runtime, operatingPoint: operatingPoint, position: object.position)
    }
  }

  /// A scenario has audio or frames.
  private static func readSource(
    _ root: DocumentObject, _ detection: SimulationDuration?, folder: String
  ) -> Scenario.Source? {
    if root.optional("frames") != nil {
      return root.object("frames").flatMap { readFrames($0, folder: folder) }.map { .frames($0) }
    }
    _ = root.choice("frontEnd", of: ["micro"])
    let audio = root.object("audio").flatMap { readAudio($0, folder: folder) }
    let detector = readDetector(root.optionalObject("detector"))
    guard let audio, let detection else { return nil }
    return .audio(
      Scenario.Listening(audio: audio, detector: detector, detectionDeadline: detection))
  }

  private static func readFrames(
    _ object: DocumentObject, folder: String
  ) -> Scenario.FrameSelection? {
    defer { object.finish() }
    let data = object.object("data").flatMap { DataSource($0, folder: folder) }
    let period = duration(object, "period")
    let count = object.int("count", in: 1...10_000_000)
    let preprocessing = object.figure("preprocessing", .cycles)
    guard let data, let period, let count, let preprocessing else { return nil }
    guard period >= SimulationDuration(nanoseconds: 100_000) else {
      object.reject("period", expected: "at least 100 µs")
      return nil
    }
    return Scenario.FrameSelection(
      data: data, period: period, count: count, preprocessing: preprocessing)
  }

  private static func readAudio(
    _ object: DocumentObject, folder: String
  ) -> Scenario.AudioSelection? {
    defer { object.finish() }
    let manifest = object.string("manifest")
    let wakeWord = object.string("wakeWord")
    let gap = object.optionalObject("gap").flatMap { gap in
      defer { gap.finish() }
      return range(duration(gap, "from"), duration(gap, "to"), gap, "to")
    }
    let noise = object.optionalInt("noiseAmplitude", in: 0...32_767)
    let tolerance = optionalDuration(object, "matchTolerance")
    guard let manifest, let wakeWord else { return nil }
    return Scenario.AudioSelection(
      manifestPath: FileSystem.resolve(manifest, in: folder), wakeWord: wakeWord,
      gap: gap ?? .init(milliseconds: 500)...(.init(milliseconds: 2000)),
      noiseAmplitude: noise ?? 0, matchTolerance: tolerance ?? .init(milliseconds: 1000))
  }

  private static func readStream(_ object: DocumentObject?) -> Scenario.StreamSettings {
    defer { object?.finish() }
    return Scenario.StreamSettings(
      inputBuffer: object.flatMap { optionalDuration($0, "inputBuffer") }
        ?? .init(milliseconds: 100),
      inferenceQueue: object?.optionalInt("inferenceQueue", in: 1...64) ?? 4)
  }

  private static func readDetector(_ object: DocumentObject?) -> Scenario.DetectorOverrides {
    defer { object?.finish() }
    return Scenario.DetectorOverrides(
      probabilityCutoff: object?.optionalNumber("probabilityCutoff", in: 0...1),
      slidingWindow: object?.optionalInt("slidingWindow", in: 1...1000),
      refractoryPeriod: object.flatMap { optionalDuration($0, "refractoryPeriod") }
        ?? .init(milliseconds: 1000))
  }

  private static func readDeadlines(_ object: DocumentObject) -> Scenario.Deadlines? {
    let features = duration(object, "features")
    let inference = duration(object, "inference")
    guard let features, let inference else { return nil }
    return Scenario.Deadlines(features: features, inference: inference)
  }

  private static func readBackground(_ object: DocumentObject) -> Scenario.BackgroundTask? {
    defer { object.finish() }
    let name = object.string("name")
    let priority = object.int("priority", in: 0...100)
    let period = duration(object, "period")
    let jitter = optionalDuration(object, "releaseJitter") ?? .zero
    let cycles = object.object("cycles").flatMap { cycles in
      defer { cycles.finish() }
      let limit = 0...1_000_000_000_000
      return range(cycles.int("from", in: limit), cycles.int("to", in: limit), cycles, "to")
    }
    let deadline = optionalDuration(object, "deadline")
    guard let name, let priority, let period, let cycles else { return nil }
    guard period >= SimulationDuration(nanoseconds: 100_000), jitter < period else {
      let key = jitter < period ? "period" : "releaseJitter"
      object.reject(key, expected: "a period of at least 100 µs, and a jitter below it")
      return nil
    }
    return Scenario.BackgroundTask(
      name: name, priority: priority, period: period, releaseJitter: jitter, cycles: cycles,
      deadline: deadline ?? period)
  }

  private static func readBudgets(_ object: DocumentObject?) -> Scenario.Budgets {
    guard let object else { return Scenario.Budgets() }
    defer { object.finish() }
    func bytes(_ key: String) -> Int? {
      guard let quantity = object.optionalQuantity(key, .data) else { return nil }
      if let bytes = quantity.wholeValue { return Int(bytes) }
      object.reject(key, expected: "whole bytes")
      return nil
    }
    func ratio(_ key: String) -> Double? {
      guard let value = object.optionalQuantity(key, .ratio)?.value else { return nil }
      if value <= 1 { return value }
      object.reject(key, expected: "a ratio of at most 100 %")
      return nil
    }
    return Scenario.Budgets(
      arenaBytes: bytes("arena"), flashBytes: bytes("flash"),
      deadlineMissRatio: ratio("deadlineMissRatio"),
      falseAcceptsPerHour: object.optionalNumber("falseAcceptsPerHour", in: 0...1e9),
      recallOnTime: ratio("recallOnTime"), accuracyOnTime: ratio("accuracyOnTime"),
      averagePowerWatts: object.optionalQuantity("averagePower", .power)?.value)
  }
}

extension ScenarioReader {
  private static func duration(_ object: DocumentObject, _ key: String) -> SimulationDuration? {
    object.required(key).flatMap { _ in optionalDuration(object, key) }
  }

  private static func optionalDuration(
    _ object: DocumentObject, _ key: String
  ) -> SimulationDuration? {
    guard let quantity = object.optionalQuantity(key, .duration) else { return nil }
    if let nanoseconds = quantity.billionths, nanoseconds <= longest.nanoseconds {
      return SimulationDuration(nanoseconds: nanoseconds)
    }
    object.reject(key, expected: "a duration of whole nanoseconds, at most 24 h")
    return nil
  }

  private static func range<Bound: Comparable>(
    _ from: Bound?, _ to: Bound?, _ object: DocumentObject, _ key: String
  ) -> ClosedRange<Bound>? {
    guard let from, let to else { return nil }
    if from <= to { return from...to }
    object.reject(key, expected: "no less than \"from\"")
    return nil
  }

  /// Tasks are told apart, and their random streams named, by their names.
  private static func rejectRepeatedNames(_ tasks: [DocumentObject]) {
    var seen: [String] = ["features", "inference"]
    for task in tasks {
      guard let name = task.optionalString("name") else { continue }
      if seen.contains(name) { task.reject("name", expected: "a name that no other task has") }
      seen.append(name)
    }
  }
}
