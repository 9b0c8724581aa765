import Glibc
import NeuralNetworks

/// Paths and folders.
enum FileSystem {
  /// The operating system's last error as bad input.
  static func error(at path: String, expected: String) -> InputError {
    let code = errno
    let nearest =
      code == ENOENT
      ? NearestName.of(name(of: path), among: (try? entries(of: folder(of: path))) ?? []) : nil
    return InputError(
      InputProblem(
        file: path, found: String(cString: strerror(code)).lowercasedFirst, expected: expected,
        nearest: nearest))
  }

  static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

  static func isFolder(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  /// Names in a folder, sorted by bytes, without those that begin with a dot.
  static func entries(of folder: String) throws(InputError) -> [String] {
    guard let handle = opendir(folder) else {
      throw InputError(
        InputProblem(
          file: folder, found: String(cString: strerror(errno)).lowercasedFirst,
          expected: "a readable folder"))
    }
    defer { closedir(handle) }
    var names: [String] = []
    while let entry = readdir(handle) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { tuple in
        tuple.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if !name.hasPrefix(".") { names.append(name) }
    }
    return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  /// Makes a folder and those above it.
  static func makeFolder(_ path: String) throws(InputError) {
    guard !path.isEmpty, !isFolder(path) else { return }
    try makeFolder(folder(of: path) == path ? "" : folder(of: path))
    guard mkdir(path, 0o777) == 0 || (errno == EEXIST && isFolder(path)) else {
      throw InputError(
        InputProblem(
          file: path, found: String(cString: strerror(errno)).lowercasedFirst,
          expected: "a folder that can be made"))
    }
  }

  /// Removes a file if it is there.
  static func removeFile(_ path: String) { unlink(path) }

  /// The folder a path lies in; `.` for a bare name.
  static func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  /// The part after the last slash.
  static func name(of path: String) -> String {
    path.lastIndex(of: "/").map { String(path[path.index(after: $0)...]) } ?? path
  }

  /// The name without its last extension.
  static func stem(of path: String) -> String {
    let name = name(of: path)
    guard let dot = name.lastIndex(of: "."), dot != name.startIndex else { return name }
    return String(name[..<dot])
  }

  /// A path written in a document that lies in `folder`.
  static func resolve(_ path: String, in folder: String) -> String {
    path.hasPrefix("/") || folder == "." ? path : "\(folder)/\(path)"
  }
}

extension String {
  fileprivate var lowercasedFirst: String { prefix(1).lowercased() + dropFirst() }
}
