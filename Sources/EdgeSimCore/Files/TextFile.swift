import Glibc

/// Reads whole small files.
enum TextFile {
  /// The bytes of a regular file of at most `limit` bytes. O(n).
  static func read(path: String, limit: Int) throws(InputError) -> [UInt8] {
    // Not blocking: opening a pipe that nobody writes to must not wait for ever.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw FileSystem.error(at: path, expected: "a readable file") }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      throw FileSystem.error(at: path, expected: "a readable file")
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw InputError(
        InputProblem(file: path, found: "no regular file", expected: "a readable file"))
    }
    guard status.st_size <= limit else {
      throw InputError(
        InputProblem(
          file: path, found: "\(status.st_size) bytes", expected: "at most \(limit) bytes"))
    }
    return try readAll(descriptor, count: Int(status.st_size), path: path)
  }

  private static func readAll(
    _ descriptor: Int32, count: Int, path: String
  ) throws(InputError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    var filled = 0
    while filled < count {
      let part = bytes.withUnsafeMutableBytes {
        Glibc.read(descriptor, $0.baseAddress?.advanced(by: filled), count - filled)
      }
      guard part >= 0 || errno == EINTR else {
        throw FileSystem.error(at: path, expected: "a readable file")
      }
      if part == 0 { break }
      filled += max(part, 0)
    }
    bytes.removeLast(count - filled)
    return bytes
  }
}
