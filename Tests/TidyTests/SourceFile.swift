import Glibc

/// A text file of the project, by its path from the root.
struct SourceFile {
  var path: String
  var lines: [String]

  init(path: String, text: String) {
    self.path = path
    lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
  }

  var name: String { String(path.split(separator: "/").last ?? "") }
  var isSwift: Bool { name.hasSuffix(".swift") }
  var isTest: Bool { path.hasPrefix("Tests/") }
  /// The folder under `Sources`, which is the target.
  var target: String? {
    let parts = path.split(separator: "/")
    return parts.count > 2 && parts[0] == "Sources" ? String(parts[1]) : nil
  }
}

/// The files that the tidy rules look at.
enum Project {
  static let root = #filePath.split(separator: "/", omittingEmptySubsequences: false)
    .dropLast(3).joined(separator: "/")

  private static let roots = [
    "Sources", "Tests", "setup", "scenarios", "devices", "docs", "Benchmarks", ".ci", "Makefile",
    "Package.swift", "README.md", "ARCHITECTURE.md", "CHANGELOG.md",
  ]

  /// All text files, sorted by path.
  static func files() -> [SourceFile] { roots.flatMap { files(at: $0) } }

  private static func files(at path: String) -> [SourceFile] {
    guard let directory = opendir("\(root)/\(path)") else {
      return text(of: path).map { [SourceFile(path: path, text: $0)] } ?? []
    }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if !name.hasPrefix(".") { names.append(name) }
    }
    return names.sorted().flatMap { files(at: "\(path)/\($0)") }
  }

  /// Nil for what is no text.
  static func text(of path: String) -> String? {
    guard let file = fopen("\(root)/\(path)", "r") else { return nil }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while case let count = fread(&buffer, 1, buffer.count, file), count > 0 {
      bytes += buffer[..<count]
    }
    return bytes.contains(0) ? nil : String(validating: bytes, as: UTF8.self)
  }
}
