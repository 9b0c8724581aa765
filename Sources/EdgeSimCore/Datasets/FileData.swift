import NeuralNetworks
import SyntheticData
import Training

/// Labeled files on disk: a folder with one folder per label, or a CSV manifest (`LabeledDataset`).
struct FileData: Sendable, Equatable {
  var path: String
  var frontEnd: SampleFrontEnd
  /// Nil for the labels that occur, sorted.
  var classNames: [String]?
  /// Nil for all files. Where the manifest states no parts, whole groups are dealt out: six, two
  /// and two in ten.
  var split: DataSplit?
  /// Of the dealing.
  var seed: UInt64 = 1
  /// Only these groups, where stated.
  var groups: [String]?
  /// All but these groups.
  var exceptGroups: [String] = []

  /// Reads all samples. Results do not depend on `jobs`. O(bytes).
  func samples(jobs: Int, progress: Progress) throws(InputError) -> LabeledSamples {
    let all = try LabeledDataset.read(path: path, extensions: frontEnd.extensions)
    // Labels of all parts: a class that a part lacks keeps its place.
    let classes = try ClassLabels(all.map(\.label), classNames: classNames, file: path)
    let chosen = try selection(of: all)
    let size = frontEnd.shape.elementCount
    let parts = try Array(chosen.enumerated()).parallelMap(jobs: jobs) {
      (index, place) throws(InputError) -> [[Float]] in
      progress.report("reading files", done: index, of: chosen.count)
      return try frontEnd.samples(of: all[place])
    }
    let count = parts.reduce(0) { $0 + $1.count }
    guard count * size <= LabeledSamples.mostElements else {
      throw InputError(
        InputProblem(
          file: path, found: "\(count) samples of \(size) numbers",
          expected: "at most \(LabeledSamples.mostElements) numbers in all"))
    }
    func repeated<Value>(_ value: (Int) -> Value) -> [Value] {
      zip(chosen, parts).flatMap { place, samples in samples.map { _ in value(place) } }
    }
    return LabeledSamples(
      SampleSet(
        shape: frontEnd.shape, values: parts.flatMap { $0.flatMap { $0 } },
        labels: repeated { classes.labels[$0] }, classNames: classes.names),
      groups: repeated { all[$0].group })
  }

  /// Places of the clips that belong to the part and the groups.
  func selection(of clips: [LabeledClip]) throws(InputError) -> [Int] {
    let names = Set(clips.map(\.group))
    for group in (groups ?? []) + exceptGroups where !names.contains(group) {
      throw InputError(
        InputProblem(
          file: path, found: "no group \(group)", expected: "files of it",
          nearest: NearestName.of(group, among: names.sorted())))
    }
    let inPart = try part(of: clips)
    let chosen = inPart.filter { place in
      (groups?.contains(clips[place].group) ?? true) && !exceptGroups.contains(clips[place].group)
    }
    guard !chosen.isEmpty else {
      throw InputError(
        InputProblem(file: path, found: "no file of this part", expected: "at least one"))
    }
    return chosen
  }

  private func part(of clips: [LabeledClip]) throws(InputError) -> [Int] {
    guard let split else { return Array(clips.indices) }
    if clips.contains(where: { $0.split != nil }) {
      return clips.indices.filter { clips[$0].split == split }
    }
    let shares = DataSplit.allCases.map { Double($0.groups.count) }
    let parts = LabeledSamples.split(clips.map(\.group), shares: shares, seed: seed)
    return parts[DataSplit.allCases.firstIndex(of: split) ?? 0]
  }

  var summary: String {
    FileSystem.name(of: path) + (split.map { ", \($0.rawValue) part" } ?? "")
      + (groups.map { ", groups \($0.joined(separator: ", "))" } ?? "")
      + (exceptGroups.isEmpty ? "" : ", without \(exceptGroups.joined(separator: ", "))")
  }
}

extension FileData {
  /// Nil, and a problem, when the object states none.
  init?(_ object: DocumentObject, folder: String) {
    let path = object.string("files")
    let frontEnd = object.object("frontEnd").flatMap { SampleFrontEnd($0) }
    let names = object.optionalStrings("classes", count: 1...10_000)
    let splits = DataSplit.allCases.map(\.rawValue)
    let split = object.has("split") ? object.choice("split", of: splits) : nil
    let seed = object.optionalInt("seed", in: 0...Int.max)
    let groups = object.optionalStrings("groups", count: 1...10_000)
    let except = object.optionalStrings("exceptGroups", count: 1...10_000)
    guard let path, let frontEnd else { return nil }
    self.init(
      path: FileSystem.resolve(path, in: folder), frontEnd: frontEnd, classNames: names,
      split: split.flatMap(DataSplit.init), seed: UInt64(seed ?? 1), groups: groups,
      exceptGroups: except ?? [])
  }
}
