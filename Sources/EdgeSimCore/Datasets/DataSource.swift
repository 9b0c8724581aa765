import NeuralNetworks
import Training

/// Where labeled samples come from, as recipes, scenarios and `edgesim eval` state it. Paths are
/// resolved.
enum DataSource: Sendable, Equatable {
  /// A NumPy file [samples, ...] of float32, and a CSV file with a column `label` and, if you like,
  /// `group`, in order.
  case array(path: String, labelsPath: String, classNames: [String]?)
  /// Images or recordings through a front end.
  case files(FileData)
  /// Made by a seed.
  case generated(GeneratedData)
}

extension DataSource {
  /// Nil, and a problem, when the object states none.
  init?(_ object: DocumentObject, folder: String) {
    defer { object.finish() }
    if object.has("generator") {
      guard let data = GeneratedData(object) else { return nil }
      self = .generated(data)
      return
    }
    if object.has("files") {
      guard let data = FileData(object, folder: folder) else { return nil }
      self = .files(data)
      return
    }
    let array = object.string("array")
    let labels = object.string("labels")
    let names = object.optionalStrings("classes", count: 1...10_000)
    guard let array, let labels else { return nil }
    self = .array(
      path: FileSystem.resolve(array, in: folder),
      labelsPath: FileSystem.resolve(labels, in: folder), classNames: names)
  }

  static let format = "edgesim-data/1"

  /// Reads a data document: a source as a file of its own.
  static func read(path: String) throws(InputError) -> DataSource {
    try read(try DocumentReader.read(path: path), file: path)
  }

  /// - Throws: all problems of the document at once.
  static func read(_ node: DocumentNode, file: String) throws(InputError) -> DataSource {
    let problems = DocumentProblems(file: file)
    let source = DocumentObject(node, problems: problems).flatMap { root -> DataSource? in
      _ = root.optionalString("$schema")
      _ = root.choice("format", of: [format])
      return DataSource(root, folder: FileSystem.folder(of: file))
    }
    try problems.throwIfAny()
    guard let source else { preconditionFailure("a document without problems was not read") }
    return source
  }

  /// Reads or makes all samples. O(bytes).
  func samples(jobs: Int, progress: Progress) throws(InputError) -> SampleSet {
    try labeledSamples(jobs: jobs, progress: progress).samples
  }

  /// Reads or makes all samples with their groups. O(bytes). Results do not depend on `jobs`.
  func labeledSamples(jobs: Int, progress: Progress) throws(InputError) -> LabeledSamples {
    switch self {
    case .array(let path, let labelsPath, let names):
      return try LabeledSamples(arrayPath: path, labelsPath: labelsPath, classNames: names)
    case .files(let data): return try data.samples(jobs: jobs, progress: progress)
    case .generated(let data): return data.samples(jobs: jobs, progress: progress)
    }
  }

  /// For the report.
  var summary: String {
    switch self {
    case .array(let path, _, _): FileSystem.name(of: path)
    case .files(let data): data.summary
    case .generated(let data): data.summary
    }
  }

  /// Files that the samples come from, for provenance.
  var files: [String] {
    switch self {
    case .array(let path, let labelsPath, _): [path, labelsPath]
    case .files(let data): FileSystem.isFolder(data.path) ? [] : [data.path]
    case .generated: []
    }
  }
}
