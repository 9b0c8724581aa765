import Glibc
import Testing

@testable import Training

/// One case of a file that `Oracles/make_cases.py` made.
struct TorchCase: Sendable, CustomTestStringConvertible {
  struct Entry: Sendable {
    var shape: [Int]
    var values: [Float]
  }

  var name = ""
  var words: [String] = []
  var count = 0
  private var entries: [(key: String, entry: Entry)] = []

  var testDescription: String { name }

  /// All with this key, in order.
  func all(_ key: String) -> [Entry] { entries.filter { $0.key == key }.map(\.entry) }

  func first(_ key: String) throws -> Entry { try #require(all(key).first, "\(key) of \(name)") }

  static func all(of file: String) -> [TorchCase] {
    var folder = #filePath.split(separator: "/", omittingEmptySubsequences: false)
    folder.removeLast()
    let path = folder.joined(separator: "/") + "/Oracles/\(file).cases"
    var cases: [TorchCase] = []
    for line in text(path).split(separator: "\n") {
      let words = line.split(separator: " ").map(String.init)
      switch words[0] {
      case "case":
        cases.append(TorchCase())
        cases[cases.count - 1].name = words.dropFirst().joined(separator: " ")
      case "op": cases[cases.count - 1].words = Array(words.dropFirst())
      case "count": cases[cases.count - 1].count = Int(words[1]) ?? 0
      default:
        let colon = words.firstIndex(of: ":") ?? 0
        let entry = Entry(
          shape: words[1..<colon].compactMap(Int.init),
          values: words[(colon + 1)...].compactMap(Float.init))
        cases[cases.count - 1].entries.append((words[0], entry))
      }
    }
    return cases
  }

  private static func text(_ path: String) -> String {
    guard let file = fopen(path, "r") else { return "" }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while case let count = fread(&buffer, 1, buffer.count, file), count > 0 {
      bytes += buffer[..<count]
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}

/// Whether all values are near: within `tolerance` of the greatest.
func expectNear(
  _ values: [Float], _ expected: [Float], _ what: String, tolerance: Float = 2e-5,
  location: SourceLocation = #_sourceLocation
) {
  #expect(values.count == expected.count, "\(what)", sourceLocation: location)
  let scale = expected.reduce(Float(1)) { max($0, $1.magnitude) }
  let worst = zip(values, expected).reduce(Float(0)) { max($0, ($1.0 - $1.1).magnitude) }
  #expect(worst <= tolerance * scale, "\(what): \(worst) of \(scale)", sourceLocation: location)
}
