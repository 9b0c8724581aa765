/// What a run of `edgesim compress` has finished, kept in a folder so that a killed run goes on.
///
/// Every entry has a key: the hash of everything that decides its content. A file under another key
/// is of another recipe, and is left alone; a damaged one is made anew.
struct CompressionWork: Sendable {
  let folder: String

  /// Content of an entry; nil when there is none, or its bytes are not what was written.
  func read(_ key: String, _ kind: Kind) -> [UInt8]? {
    let path = path(key, kind)
    guard FileSystem.exists(path),
      let bytes = try? TextFile.read(path: path, limit: .max), bytes.count >= 64
    else { return nil }
    let content = Array(bytes.dropLast(64))
    return ContentHash.sha256(of: content).utf8.elementsEqual(bytes.suffix(64)) ? content : nil
  }

  /// Writes an entry, with its hash at the end.
  func write(_ bytes: [UInt8], _ key: String, _ kind: Kind) throws(InputError) {
    try AtomicFile.write(
      bytes + Array(ContentHash.sha256(of: bytes).utf8), to: path(key, kind))
  }

  func remove(_ key: String, _ kind: Kind) { FileSystem.removeFile(path(key, kind)) }

  enum Kind: String, Sendable {
    /// A variant after a step.
    case step
    /// Training within a step.
    case training
  }

  private func path(_ key: String, _ kind: Kind) -> String {
    "\(folder)/\(key.prefix(32)).\(kind.rawValue)"
  }
}
