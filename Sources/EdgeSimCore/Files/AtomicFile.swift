import Glibc

/// Writes whole files so that nobody ever sees half of one.
enum AtomicFile {
  /// Writes to a temporary name in the same folder and renames; makes the folder if need be.
  static func write(_ bytes: [UInt8], to path: String) throws(InputError) {
    try FileSystem.makeFolder(FileSystem.folder(of: path))
    let temporary = "\(path).\(getpid()).tmp"
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw FileSystem.error(at: path, expected: "a writable file") }
    let isWritten = writeAll(bytes, to: descriptor)
    guard close(descriptor) == 0, isWritten, rename(temporary, path) == 0 else {
      let error = FileSystem.error(at: path, expected: "a writable file")
      unlink(temporary)
      throw error
    }
  }

  static func write(_ text: String, to path: String) throws(InputError) {
    try write(Array(text.utf8), to: path)
  }

  private static func writeAll(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
    bytes.withUnsafeBytes { buffer in
      var written = 0
      while written < buffer.count {
        let part = Glibc.write(
          descriptor, buffer.baseAddress?.advanced(by: written), buffer.count - written)
        if part < 0, errno != EINTR { return false }
        written += max(part, 0)
      }
      return true
    }
  }
}
