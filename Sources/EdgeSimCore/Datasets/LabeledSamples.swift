import NeuralNetworks
import ReproducibleMath
import Training

/// Samples with the group that each belongs to: a route, a machine, a fault size, a speaker.
///
/// Samples of one group are alike, so that a model is tested on groups that it was not trained on.
struct LabeledSamples: Sendable {
  /// Of all samples of a source together: a GiB of numbers.
  static let mostElements = 1 << 28

  var samples: SampleSet
  /// Of each sample.
  var groups: [String]

  init(_ samples: SampleSet, groups: [String]) {
    precondition(groups.count == samples.count)
    self.samples = samples
    self.groups = groups
  }

  /// Parts of about these shares of the samples, no group in two of them.
  ///
  /// Groups come in an order that the seed decides; each goes to the part that lacks most.
  ///
  /// - Precondition: there are shares, and none is negative.
  /// - Returns: for each share, indices of its samples in their order.
  static func split(_ groups: [String], shares: [Double], seed: UInt64) -> [[Int]] {
    precondition(!shares.isEmpty && shares.allSatisfy { $0 >= 0 })
    var names = Array(Set(groups)).sorted()
    var random = RandomStream(seed: seed, name: "split")
    random.shuffle(&names)
    var members: [String: [Int]] = [:]
    for (index, group) in groups.enumerated() { members[group, default: []].append(index) }
    let total = shares.reduce(0, +)
    var parts = [[Int]](repeating: [], count: shares.count)
    for name in names {
      func lack(_ part: Int) -> Double {
        shares[part] / total * Double(groups.count) - Double(parts[part].count)
      }
      let neediest = shares.indices.reduce(0) { lack($1) > lack($0) ? $1 : $0 }
      parts[neediest] += members[name] ?? []
    }
    return parts.map { $0.sorted() }
  }
}

extension LabeledSamples {
  /// Reads the samples of a NumPy file and the labels of a CSV file. O(bytes).
  init(arrayPath path: String, labelsPath: String, classNames: [String]?) throws(InputError) {
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
    let names = try table.labels(count: count, file: labelsPath)
    let classes = try ClassLabels(names, classNames: classNames, file: labelsPath)
    let group = table.header.firstIndex(of: "group")
    self.init(
      SampleSet(
        shape: shape, values: array.bytes.floats, labels: classes.labels,
        classNames: classes.names),
      groups: table.rows.map { row in group.map { row.fields[$0] } ?? "" })
  }
}

extension CSVFile {
  /// The label of each sample: a column `label` of `count` rows.
  ///
  /// - Parameter file: for messages.
  func labels(count: Int, file: String) throws(InputError) -> [String] {
    guard let column = header.firstIndex(of: "label"), rows.count == count else {
      throw InputError(
        InputProblem(
          file: file, found: "\(rows.count) rows of \(header.joined(separator: ", "))",
          expected: "\(count) rows with a column label"))
    }
    return rows.map { $0.fields[column] }
  }
}

/// Labels by name, turned into indices.
struct ClassLabels: Sendable, Equatable {
  /// In the order of a network's outputs.
  var names: [String]
  var labels: [Int]

  /// - Parameters:
  ///   - texts: the label of each sample.
  ///   - classNames: all classes; nil for those that occur, sorted.
  ///   - file: for messages.
  /// - Throws: for a label that is no class. Underscores around one (`_silence_`) do not count.
  init(_ texts: [String], classNames: [String]?, file: String) throws(InputError) {
    let names = classNames ?? Array(Set(texts)).sorted()
    let places = names.map(Self.bare)
    self.names = names
    labels = try texts.map { text throws(InputError) -> Int in
      if let index = places.firstIndex(of: Self.bare(text)) { return index }
      throw InputError(
        InputProblem(
          file: file, found: "the label \(text)",
          expected: "one of \(names.prefix(20).joined(separator: ", "))",
          nearest: NearestName.of(text, among: names)))
    }
  }

  /// Without the underscores around it, in lower case: how labels are compared.
  static func bare(_ label: String) -> String {
    String(label.lowercased().drop { $0 == "_" }.reversed().drop { $0 == "_" }.reversed())
  }
}
