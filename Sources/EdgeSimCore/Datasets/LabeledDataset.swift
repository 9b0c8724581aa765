import NeuralNetworks
import SyntheticData

/// Labeled files: a CSV manifest, or a folder with one folder per label.
enum LabeledDataset {
  /// Extensions of audio files.
  static let audioExtensions = [".wav", ".flac", ".ogg", ".aiff", ".au"]

  /// The clips, in the order of the manifest or by path. Files are not opened.
  ///
  /// - Parameter extensions: of the files that a folder is searched for.
  static func read(
    path: String, extensions: [String] = audioExtensions
  ) throws(InputError) -> [LabeledClip] {
    let clips =
      FileSystem.isFolder(path)
      ? try readFolder(path, extensions)
      : try readManifest(try CSVFile.read(path: path), file: path)
    guard !clips.isEmpty else {
      throw InputError(
        InputProblem(
          file: path, found: "no file ending with \(extensions.joined(separator: ", "))",
          expected: "a manifest or a folder per label"))
    }
    return clips
  }

  private static func readFolder(
    _ folder: String, _ extensions: [String]
  ) throws(InputError) -> [LabeledClip] {
    var clips: [LabeledClip] = []
    for label in try FileSystem.entries(of: folder) {
      let labelFolder = "\(folder)/\(label)"
      guard FileSystem.isFolder(labelFolder) else { continue }
      for name in try FileSystem.entries(of: labelFolder)
      where extensions.contains(where: { name.lowercased().hasSuffix($0) }) {
        clips.append(
          LabeledClip(path: "\(labelFolder)/\(name)", label: label, group: group(ofFile: name)))
      }
    }
    return clips
  }

  /// The speaker in a name of Speech Commands (`03401e93_nohash_0.wav`); else each file is its own.
  private static func group(ofFile name: String) -> String {
    let parts = name.split(separator: "_")
    return parts.count > 2 && parts[1] == "nohash" ? String(parts[0]) : FileSystem.stem(of: name)
  }

  /// Columns: `file` and `label`; optionally `kind` (human, synthetic), `group`, `split` (training,
  /// validation, test), `start_seconds`, `end_seconds`. Others are for people.
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
    private let groupColumn: Int?
    private let splitColumn: Int?
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
      groupColumn = header.firstIndex(of: "group")
      splitColumn = header.firstIndex(of: "split")
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
        label: row.fields[labelColumn],
        origin: try choice(row, kindColumn, "kind", ClipOrigin.self) ?? .unstated,
        group: groupColumn.map { row.fields[$0] } ?? FileSystem.stem(of: row.fields[pathColumn]),
        split: try choice(row, splitColumn, "split", DataSplit.self), startSeconds: start,
        endSeconds: end)
    }

    /// Nil where the column is absent or empty.
    private func choice<Choice: RawRepresentable<String> & CaseIterable>(
      _ row: CSVFile.Row, _ column: Int?, _ name: String, _ type: Choice.Type
    ) throws(InputError) -> Choice? {
      guard let text = column.map({ row.fields[$0] }), !text.isEmpty else { return nil }
      if let choice = Choice(rawValue: text) { return choice }
      let names = Choice.allCases.map(\.rawValue)
      throw problem(
        row, "the \(name) \"\(text)\"", "one of \(names.joined(separator: ", "))",
        nearest: NearestName.of(text, among: names))
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
