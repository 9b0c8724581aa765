import Glibc

@testable import EdgeSimCore

/// Runs a test in a folder of its own, and removes it with the files directly in it.
func withTemporaryFolder(_ body: (String) throws -> Void) throws {
  var template = Array("edgesim-test-XXXXXX".utf8CString)
  let base = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
  template = Array("\(base)/".utf8CString.dropLast()) + template
  guard mkdtemp(&template) != nil else { throw FileSystem.error(at: base, expected: "a folder") }
  let folder = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
  defer { remove(folder) }
  try body(folder)
}

private func remove(_ path: String) {
  if FileSystem.isFolder(path) {
    for name in (try? FileSystem.entries(of: path)) ?? [] { remove("\(path)/\(name)") }
    rmdir(path)
  } else {
    unlink(path)
  }
}
