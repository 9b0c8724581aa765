import Training

/// Reads `edgesim-recipe/1` documents.
enum RecipeReader {
  static let format = "edgesim-recipe/1"

  /// - Parameter seed: instead of the recipe's.
  static func read(path: String, seed: UInt64? = nil) throws(InputError) -> CompressionRecipe {
    try read(try DocumentReader.read(path: path), file: path, seed: seed)
  }

  /// - Throws: all problems of the document at once.
  static func read(
    _ node: DocumentNode, file: String, seed: UInt64? = nil
  ) throws(InputError) -> CompressionRecipe {
    let problems = DocumentProblems(file: file)
    let recipe = DocumentObject(node, problems: problems).flatMap {
      readRecipe($0, folder: FileSystem.folder(of: file), seed: seed)
    }
    try problems.throwIfAny()
    guard let recipe else { preconditionFailure("a document without problems was not read") }
    return recipe
  }

  private static func readRecipe(
    _ root: DocumentObject, folder: String, seed stated: UInt64?
  ) -> CompressionRecipe? {
    defer { root.finish() }
    _ = root.optionalString("$schema")
    _ = root.choice("format", of: [format])
    let name = root.string("name")
    let description = root.optionalString("description")
    let own = root.optionalInt("seed", in: Scenario.seeds).map { UInt64($0) }
    let seed = stated ?? own ?? 1
    let objective = root.optionalChoice("objective", of: NetworkScore.Objective.self)
    let data = root.object("data").flatMap { readData($0, folder: folder) }
    let devices = root.optionalObjects("devices", count: 0...16)?.compactMap {
      ScenarioReader.readDevice($0, folder: folder)
    }
    let context = StepContext(
      seed: seed, objective: objective ?? .classification, folder: folder,
      hasValidation: data?.validation != nil)
    let variants = readVariants(root, context)
    guard let name, let data, let variants else { return nil }
    return CompressionRecipe(
      name: name, description: description ?? "", seed: seed,
      objective: objective ?? .classification, data: data, variants: variants,
      devices: devices ?? [])
  }

  private static func readData(
    _ object: DocumentObject, folder: String
  ) -> CompressionRecipe.Data? {
    defer { object.finish() }
    func source(_ object: DocumentObject?) -> DataSource? {
      object.flatMap { DataSource($0, folder: folder) }
    }
    let training = source(object.object("training"))
    let validation = source(object.optionalObject("validation"))
    let test = source(object.object("test"))
    guard let training, let test else { return nil }
    return CompressionRecipe.Data(training: training, validation: validation, test: test)
  }

  private static func readVariants(
    _ root: DocumentObject, _ context: StepContext
  ) -> [CompressionRecipe.Variant]? {
    var known: [String] = []
    return root.objects("variants", count: 1...64)?.compactMap { object in
      defer { object.finish() }
      var context = context
      context.variants = known
      let name = object.string("name")
      if let name {
        if known.contains(name) { object.reject("name", expected: "a name of its own") }
        known.append(name)
      }
      let origin = object.object("from").flatMap { context.origin($0) }
      let steps = object.optionalObjects("steps", count: 0...64)?.compactMap {
        context.step($0)
      }
      let files = readFiles(object, folder: context.folder)
      let storesSparsely = object.optionalBool("sparse") ?? false
      guard let name, let origin else { return nil }
      return CompressionRecipe.Variant(
        name: name, origin: origin, steps: steps ?? [], files: files,
        storesSparsely: storesSparsely)
    }
  }

  private static func readFiles(_ object: DocumentObject, folder: String) -> [String] {
    let files = object.optionalStrings("files", count: 1...8) ?? []
    if let odd = files.first(where: { !$0.hasSuffix(".tflite") && !$0.hasSuffix(".onnx") }) {
      object.reject("files", found: odd, expected: "names that end in .tflite or .onnx")
    }
    return files.map { FileSystem.resolve($0, in: folder) }
  }
}

/// What reading a step takes besides the step.
struct StepContext {
  var seed: UInt64
  var objective: NetworkScore.Objective
  var folder: String
  var hasValidation: Bool
  /// Names of the variants above.
  var variants: [String] = []

  /// `{"variant": "teacher"}`, `{"file": "m.tflite"}` or `{"architecture": [...]}`.
  func origin(_ object: DocumentObject) -> CompressionRecipe.Origin? {
    defer { object.finish() }
    let keys = ["variant", "file", "architecture"]
    guard keys.count(where: object.has) == 1 else {
      for key in keys { _ = object.optional(key) }
      object.problems.record(
        at: object.position, place: object.place,
        found: "\(keys.count(where: object.has)) of \(keys.joined(separator: ", "))",
        expected: "one of them")
      return nil
    }
    if object.has("variant") {
      return object.choice("variant", of: variants).map { .variant($0) }
    }
    if object.has("file") {
      return object.string("file").map { .file(FileSystem.resolve($0, in: folder)) }
    }
    return object.objects("architecture", count: 1...1000)
      .flatMap(ArchitectureReader.read).map { .architecture($0) }
  }
}

extension DocumentObject {
  /// One of the names of an enumeration, or nil when the key is absent or wrong.
  func optionalChoice<Choice: RawRepresentable & CaseIterable>(
    _ key: String, of type: Choice.Type
  ) -> Choice? where Choice.RawValue == String {
    guard optional(key) != nil else { return nil }
    return choice(key, of: Choice.allCases.map(\.rawValue)).flatMap(Choice.init(rawValue:))
  }
}
