import NeuralNetworks

/// Labeled recordings: a CSV manifest, or a folder with one folder per label.
enum LabeledDataset {
  /// Extensions of audio files that a folder is searched for.
  private static let audioExtensions = [".wav", ".flac", ".ogg", ".aiff", ".au"]

  /// The clips, in the order of the manifest or by path. Files are not opened.
  static func read(path: String) throws(InputError) -> [LabeledClip] {
    let clips =
      FileSystem.isFolder(path)
      ? try readFolder(path)
      : try readManifest(try CSVFile.read(path: path), file: path)
    guard !clips.isEmpty else {
      throw InputError(
        InputProblem(
          file: path, found: "no recording", expected: "a manifest or a folder per label"))
    }
    return clips
  }

  private static func readFolder(_ folder: String) throws(InputError) -> [LabeledClip] {
    var clips: [LabeledClip] = []
    for label in try FileSystem.entries(of: folder) {
      let labelFolder = "\(folder)/\(label)"
      guard FileSystem.isFolder(labelFolder) else { continue }
      for name in try FileSystem.entries(of: labelFolder)
      where audioExtensions.contains(where: { name.lowercased().hasSuffix($0) }) {
        clips.append(LabeledClip(path: "\(labelFolder)/\(name)", label: label))
      }
    }
    return clips
  }

  /// Columns: `file` and `label`; optionally `kind` (human, synthetic), `start_seconds`,
  /// `end_seconds`. Others are for people.
  static func readManifest(_ table: CSVFile, file: String) throws(InputError) -> [LabeledClip] {
    let columns = try Columns(table.header, file: file)
    var clips: [LabeledClip] = []
    var problems: [InputProblem] = []
    for row in table.rows {
      do throws(InputError) {
        clips.append(try columns.clip(row, folder: FileSystem.folder(of: file)))
      } catch {
        problems += error.problems
      }
    }
    guard problems.isEmpty else { throw InputError(Array(problems.prefix(20))) }
    return clips
  }

  private struct Columns {
    let file: String
    private let pathColumn: Int
    private let labelColumn: Int
    private let kindColumn: Int?
    private let startColumn: Int?
    private let endColumn: Int?

    init(_ header: [String], file: String) throws(InputError) {
      func required(_ name: String) throws(InputError) -> Int {
        if let index = header.firstIndex(of: name) { return index }
        throw InputError(
          InputProblem(
            file: file, position: TextPosition(line: 1, column: 1),
            found: "the columns \(header.joined(separator: ", "))",
            expected: "a column \"\(name)\"", nearest: NearestName.of(name, among: header)))
      }
      self.file = file
      pathColumn = try required("file")
      labelColumn = try required("label")
      kindColumn = header.firstIndex(of: "kind")
      startColumn = header.firstIndex(of: "start_seconds")
      endColumn = header.firstIndex(of: "end_seconds")
    }

    func clip(_ row: CSVFile.Row, folder: String) throws(InputError) -> LabeledClip {
      let start = try seconds(startColumn, row)
      let end = try seconds(endColumn, row)
      if let start, let end, end < start { throw problem(row, "\(end)", "no less than \(start)") }
      guard !row.fields[pathColumn].isEmpty, !row.fields[labelColumn].isEmpty else {
        throw problem(row, "an empty field", "a file and a label")
      }
      return LabeledClip(
        path: FileSystem.resolve(row.fields[pathColumn], in: folder),
        label: row.fields[labelColumn], origin: try origin(row), startSeconds: start,
        endSeconds: end)
    }

    private func origin(_ row: CSVFile.Row) throws(InputError) -> ClipOrigin {
      guard let kindColumn, !row.fields[kindColumn].isEmpty else { return .unstated }
      if let origin = ClipOrigin(rawValue: row.fields[kindColumn]) { return origin }
      let names = ClipOrigin.allCases.map(\.rawValue)
      throw problem(
        row, "the kind \"\(row.fields[kindColumn])\"", "one of \(names.joined(separator: ", "))",
        nearest: NearestName.of(row.fields[kindColumn], among: names))
    }

    private func seconds(_ column: Int?, _ row: CSVFile.Row) throws(InputError) -> Double? {
      guard let column, !row.fields[column].isEmpty else { return nil }
      guard let value = Double(row.fields[column]), value.isFinite, value >= 0, value <= 1e6 else {
        throw problem(row, "\"\(row.fields[column])\"", "seconds from the start of the file")
      }
      return value
    }

    private func problem(
      _ row: CSVFile.Row, _ found: String, _ expected: String, nearest: String? = nil
    ) -> InputError {
      InputError(
        InputProblem(
          file: file, position: TextPosition(line: row.line, column: 1), found: found,
          expected: expected, nearest: nearest))
    }
  }
}
