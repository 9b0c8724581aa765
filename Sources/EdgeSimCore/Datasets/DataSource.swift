import NeuralNetworks
import Training

/// Where labeled samples come from, as recipes and scenarios state it. Paths are resolved.
enum DataSource: Sendable, Equatable {
  /// A NumPy file [samples, ...] of float32, and a CSV file with a column `label`, in order.
  case array(path: String, labelsPath: String, classNames: [String]?)
}

extension DataSource {
  /// Nil, and a problem, when the object states none.
  init?(_ object: DocumentObject, folder: String) {
    defer { object.finish() }
    let array = object.string("array")
    let labels = object.string("labels")
    let names = object.optionalStrings("classes", count: 1...10_000)
    guard let array, let labels else { return nil }
    self = .array(
      path: FileSystem.resolve(array, in: folder),
      labelsPath: FileSystem.resolve(labels, in: folder), classNames: names)
  }

  /// Reads all samples. O(bytes).
  func samples(jobs: Int, progress: Progress) throws(InputError) -> SampleSet {
    switch self {
    case .array(let path, let labelsPath, let names):
      return try Self.samples(path: path, labelsPath: labelsPath, names: names)
    }
  }

  /// For the report.
  var summary: String {
    switch self {
    case .array(let path, _, _): FileSystem.name(of: path)
    }
  }

  /// Files that the samples come from, for provenance.
  var files: [String] {
    switch self {
    case .array(let path, let labelsPath, _): [path, labelsPath]
    }
  }

  private static func samples(
    path: String, labelsPath: String, names: [String]?
  ) throws(InputError) -> SampleSet {
    let array = try NPYFile.read(path: path)
    guard array.elementType == .float32, let count = array.shape.first, count > 0,
      let shape = Shape(checking: Array(array.shape.dropFirst())), shape.elementCount > 0
    else {
      throw InputError(
        InputProblem(
          file: path, found: "\(array.elementType) \(array.shape)",
          expected: "float32 [samples, ...], at least one"))
    }
    let table = try CSVFile.read(path: labelsPath)
    guard let column = table.header.firstIndex(of: "label"), table.rows.count == count else {
      throw InputError(
        InputProblem(
          file: labelsPath,
          found: "\(table.rows.count) rows of \(table.header.joined(separator: ", "))",
          expected: "\(count) rows with a column label"))
    }
    let texts = table.rows.map { $0.fields[column] }
    let classNames = names ?? Array(Set(texts)).sorted()
    let labels = try texts.map { text throws(InputError) -> Int in
      if let index = classNames.firstIndex(of: text) { return index }
      throw InputError(
        InputProblem(
          file: labelsPath, found: "the label \(text)",
          expected: "one of \(classNames.joined(separator: ", "))",
          nearest: NearestName.of(text, among: classNames)))
    }
    let values = array.bytes.withUnsafeBytes { bytes in
      (0..<bytes.count / 4).map { bytes.loadUnaligned(fromByteOffset: 4 * $0, as: Float.self) }
    }
    return SampleSet(shape: shape, values: values, labels: labels, classNames: classNames)
  }
}
