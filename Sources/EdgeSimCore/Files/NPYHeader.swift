/// The header of a NumPy file: a Python dictionary with three keys (NEP 1).
struct NPYHeader: Equatable {
  static let maximumRank = 8

  var description = ""
  var isFortranOrder = false
  var shape: [Int] = []

  /// Nil when the text is anything else. O(n).
  static func parse(_ text: String) -> NPYHeader? {
    var scanner = NPYHeaderScanner(text)
    return scanner.header()
  }
}

/// Takes Python literals off a header.
private struct NPYHeaderScanner {
  private let text: [UInt8]
  private var index = 0

  init(_ text: String) { self.text = Array(text.utf8) }

  mutating func header() -> NPYHeader? {
    var header = NPYHeader()
    var missing = ["descr", "fortran_order", "shape"]
    guard take("{") else { return nil }
    while !missing.isEmpty {
      guard let key = string(), let place = missing.firstIndex(of: key), take(":") else {
        return nil
      }
      missing.remove(at: place)
      guard readValue(of: key, into: &header) else { return nil }
      guard take(",") || missing.isEmpty else { return nil }
    }
    guard take("}") else { return nil }
    skipSpace()
    return index == text.count ? header : nil
  }

  private mutating func readValue(of key: String, into header: inout NPYHeader) -> Bool {
    switch key {
    case "descr":
      guard let description = string() else { return false }
      header.description = description
    case "fortran_order":
      header.isFortranOrder = take("True")
      return header.isFortranOrder || take("False")
    default:
      guard let shape = tuple() else { return false }
      header.shape = shape
    }
    return true
  }

  private mutating func string() -> String? {
    skipSpace()
    guard index < text.count, "'\"".utf8.contains(text[index]) else { return nil }
    let quote = text[index]
    guard let end = text[(index + 1)...].firstIndex(of: quote) else { return nil }
    defer { index = end + 1 }
    return String(decoding: text[index + 1..<end], as: UTF8.self)
  }

  /// `()`, `(3,)`, `(3, 4)`; a number in parentheses without a comma is no tuple in Python.
  private mutating func tuple() -> [Int]? {
    guard take("(") else { return nil }
    var sizes: [Int] = []
    var hasComma = true
    while hasComma, let size = number() {
      sizes.append(size)
      hasComma = take(",")
    }
    guard take(")"), sizes.count <= NPYHeader.maximumRank, sizes.count != 1 || hasComma else {
      return nil
    }
    return sizes
  }

  private mutating func number() -> Int? {
    skipSpace()
    let digits = text[index...].prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    guard let value = Int(String(decoding: digits, as: UTF8.self)) else { return nil }
    index += digits.count
    return value
  }

  private mutating func take(_ word: String) -> Bool {
    skipSpace()
    guard text[index...].starts(with: word.utf8) else { return false }
    index += word.utf8.count
    return true
  }

  private mutating func skipSpace() {
    while index < text.count, " \t\n".utf8.contains(text[index]) { index += 1 }
  }
}
