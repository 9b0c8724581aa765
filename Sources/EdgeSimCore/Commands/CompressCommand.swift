import Glibc
import NeuralNetworks
import Training

/// `edgesim compress`: a recipe's networks, made and measured.
enum CompressCommand {
  static let command = Command(specification: specification, run: run)

  private static let specification = CommandSpecification(
    name: "compress", summary: "Prune, quantize and distil networks by a recipe.",
    discussion: """

      Makes every variant of the recipe, measures what each step lost on the test data, and says on
      which of the recipe's devices it pays. Everything that cannot be applied is told before any
      work. With --out the variants and the report are written there; what is finished is kept in
      its folder work, so that a killed run goes on where it stopped and ends with the same bytes.
      """,
    positionals: [.init(name: "RECIPE", help: "Recipe document (.json).")],
    options: [
      .init(name: "--out", value: "DIR", help: "Write variants, report and finished work here."),
      .init(
        name: "--write-files", value: nil,
        help: "Write the files that the recipe names, too: the bundled models."),
      .init(
        name: "--variant", value: "NAME",
        help: "Make this variant, and those it needs, only; may be given again.",
        isRepeatable: true),
      .devices, .seed, .jobs, .json, .progress,
    ])

  private static func run(_ arguments: ParsedArguments) throws(InputError) -> ExitCode {
    let path = arguments.positionals[0]
    let out = arguments.value("--out")
    if let out { try FileSystem.makeFolder("\(out)/work") }
    var recipe = try RecipeReader.read(path: path, seed: try seed(arguments))
    try recipe.keep(arguments.values("--variant"), file: path)
    let library = DeviceLibrary(arguments, documentFolder: FileSystem.folder(of: path))
    let tests = try library.tests(recipe.devices, askedIn: path)
    let progress = arguments.progress()
    var run = try CompressionRun(
      recipe, file: path, tests: tests, work: out.map { CompressionWork(folder: "\($0)/work") },
      jobs: try arguments.jobs(), progress: progress)
    let results = try run.run()
    progress.finish()
    let report = run.report(
      results.map(\.report), provenance: try provenance(path, recipe, library))
    var files: [String] = []
    for (variant, result) in zip(recipe.variants, results) {
      files += try write(
        result.network, variant, to: out, writesFiles: arguments.has("--write-files"))
    }
    if let out { files += try report.write(to: out) }
    Console.out(
      arguments.has("--json") ? report.json : report.table(style: .fitting(STDOUT_FILENO)))
    Console.error(files.map { "wrote \($0)\n" }.joined())
    return .pass
  }

  private static func seed(_ arguments: ParsedArguments) throws(InputError) -> UInt64? {
    try arguments.int("--seed", in: Scenario.seeds).map(UInt64.init)
  }

  /// - Returns: the files.
  private static func write(
    _ network: Network, _ variant: CompressionRecipe.Variant, to out: String?, writesFiles: Bool
  ) throws(InputError) -> [String] {
    var files = out.map { ["\($0)/\(variant.name).tflite"] } ?? []
    if writesFiles { files += variant.files }
    for file in files {
      let bytes: [UInt8]
      do throws(ModelError) {
        bytes =
          file.hasSuffix(".onnx")
          ? try ONNXWriter.bytes(of: network)
          : try TFLiteWriter.bytes(of: network, sparsely: variant.storesSparsely)
      } catch { throw InputError(error, file: file) }
      try AtomicFile.write(bytes, to: file)
    }
    return files
  }

  private static func provenance(
    _ path: String, _ recipe: CompressionRecipe, _ library: DeviceLibrary
  ) throws(InputError) -> [RunReport.Provenance] {
    var entries = [("recipe", path)]
    let sources =
      [recipe.data.training, recipe.data.test]
      + (recipe.data.validation.map { [$0] } ?? [])
    entries += Set(sources.flatMap(\.files)).sorted().map { ("samples", $0) }
    entries += try library.documents(recipe.devices)
    return try RunReport.Provenance.files(entries)
  }
}

extension CompressionRecipe {
  /// Leaves out what is neither asked for nor needed; nothing when nothing is asked for.
  fileprivate mutating func keep(_ names: [String], file: String) throws(InputError) {
    guard !names.isEmpty else { return }
    let known = variants.map(\.name)
    if let odd = names.first(where: { !known.contains($0) }) {
      throw ParsedArguments.problem(
        found: "--variant \(odd)", expected: "one of \(known.joined(separator: ", "))",
        nearest: NearestName.of(odd, among: known))
    }
    var needed = Set(names)
    for variant in variants.reversed() where needed.contains(variant.name) {
      needed.formUnion(variant.predecessors)
    }
    variants.removeAll { !needed.contains($0.name) }
  }
}

extension CompressionRecipe.Variant {
  /// Variants that this one is made from or learns from.
  fileprivate var predecessors: [String] {
    let teachers = steps.compactMap { step -> CompressionRecipe.Origin? in
      if case .train(let training) = step.action { training.teacher?.origin } else { nil }
    }
    return ([origin] + teachers).compactMap {
      if case .variant(let name) = $0 { name } else { nil }
    }
  }
}

extension CompressionRun {
  func report(
    _ variants: [VariantReport], provenance: [RunReport.Provenance]
  ) -> CompressionReport {
    let samples = executor.samples
    func text(_ set: SampleSet?, _ source: DataSource?) -> String {
      guard let set, let source else { return "none" }
      return "\(set.count) samples of \(set.shape), \(source.summary)"
    }
    return CompressionReport(
      recipe: recipe.name, description: recipe.description, seed: recipe.seed,
      facts: [
        ("training data", text(samples.training, recipe.data.training)),
        ("validation data", text(samples.validation, recipe.data.validation)),
        ("test data", text(samples.test, recipe.data.test)),
        ("classes", samples.test.classNames.joined(separator: ", ")), ("seed", "\(recipe.seed)"),
      ], provenance: provenance, objective: recipe.objective, variants: variants)
  }
}
