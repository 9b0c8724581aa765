/// Files beside a model that hold constants too large for it.
///
/// A path is a hostile text: only files below the model's folder are opened.
final class ONNXExternalFiles {
  private let folder: String
  private var files: [String: ModelBytes] = [:]
  /// Of all files that were opened.
  private(set) var byteCount = 0

  /// - Parameter folder: of the model; empty for the current one.
  init(folder: String) { self.folder = folder }

  /// The bytes that `external_data` entries name, a range of a mapped file. O(1) but for the first
  /// use of a file.
  ///
  /// - Throws: when the path leaves the folder, there is no such file, or the range is outside it.
  func constant(_ entries: [String: String], byteCount: Int) throws(ModelError) -> ConstantData {
    let location = entries["location"] ?? ""
    let file = try file(location)
    let offset = try number(entries["offset"]) ?? 0
    let length = try number(entries["length"]) ?? byteCount
    guard length == byteCount, offset <= file.count, length <= file.count - offset else {
      throw ModelError(
        place: "external data \"\(location)\"",
        found: "\(length) bytes at \(offset) of \(file.count)",
        expected: "\(byteCount) bytes inside the file")
    }
    return ConstantData(file: file, range: offset..<offset + length)
  }

  private func file(_ location: String) throws(ModelError) -> ModelBytes {
    if let file = files[location] { return file }
    let parts = location.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.allSatisfy({ !["", ".", ".."].contains($0) && !$0.utf8.contains(0) }) else {
      throw ModelError(
        place: "external data", found: "the path \"\(location)\"",
        expected: "a path below the model's folder, without . and ..")
    }
    do throws(ModelError) {
      let file = try ModelBytes(mapping: folder.isEmpty ? location : "\(folder)/\(location)")
      files[location] = file
      byteCount += file.count
      return file
    } catch {
      throw ModelError(
        place: "external data \"\(location)\"", found: error.found,
        expected: "a file beside the model")
    }
  }

  private func number(_ text: String?) throws(ModelError) -> Int? {
    guard let text else { return nil }
    guard let number = Int(text), number >= 0 else {
      throw ModelError(
        place: "external data", found: "the number \"\(text)\"", expected: "bytes from 0 on")
    }
    return number
  }
}
