/// The structure of a JSON text: where each value and key begins, and how numbers are written.
///
/// json-c keeps no positions and lets single quotes, NaN, duplicate keys and integers that do not
/// fit pass; this scanner holds the text to RFC 8259 and remembers the places. Strings are json-c's
/// business: here they are only delimited.
indirect enum JSONOutline: Equatable {
  case object(offset: Int, members: [Member])
  case array(offset: Int, elements: [JSONOutline])
  case string(offset: Int)
  case number(offset: Int, text: String)
  case literal(offset: Int)

  struct Member: Equatable {
    /// As written, between the quotes.
    var rawKey: [UInt8]
    var keyOffset: Int
    var value: JSONOutline
  }

  var offset: Int {
    switch self {
    case .object(let offset, _), .array(let offset, _), .string(let offset),
      .number(let offset, _), .literal(let offset):
      offset
    }
  }
}

/// Reads an outline. O(n) time; recursion is bounded by `maximumDepth`.
struct JSONOutlineScanner {
  static let maximumDepth = 64

  struct Failure: Error, Equatable {
    var offset: Int
    var found: String
    var expected: String
  }

  private let text: [UInt8]
  private var index = 0
  private var depth = 0

  private init(_ text: [UInt8]) { self.text = text }

  static func scan(_ text: [UInt8]) throws(Failure) -> JSONOutline {
    var scanner = JSONOutlineScanner(text)
    let outline = try scanner.value()
    scanner.skipSpace()
    guard scanner.index == text.count else { throw scanner.failure("the end of the document") }
    return outline
  }

  private mutating func value() throws(Failure) -> JSONOutline {
    skipSpace()
    let start = index
    switch peek {
    case UInt8(ascii: "{"): return try nested { scanner throws(Failure) in try scanner.object() }
    case UInt8(ascii: "["): return try nested { scanner throws(Failure) in try scanner.array() }
    case UInt8(ascii: "\""):
      _ = try string()
      return .string(offset: start)
    case .some(let byte) where "-0123456789".utf8.contains(byte): return try number()
    default:
      for word in ["true", "false", "null"] where take(word) { return .literal(offset: start) }
      throw failure("a value")
    }
  }

  private mutating func nested(
    _ body: (inout JSONOutlineScanner) throws(Failure) -> JSONOutline
  ) throws(Failure) -> JSONOutline {
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.maximumDepth else {
      throw Failure(
        offset: index, found: "deeper nesting", expected: "at most \(Self.maximumDepth) levels")
    }
    return try body(&self)
  }

  private mutating func object() throws(Failure) -> JSONOutline {
    let start = index
    index += 1
    var members: [JSONOutline.Member] = []
    var keys: Set<[UInt8]> = []
    skipSpace()
    if take("}") { return .object(offset: start, members: []) }
    repeat {
      skipSpace()
      let keyOffset = index
      guard peek == UInt8(ascii: "\"") else { throw failure("a key in double quotes") }
      let key = try string()
      guard keys.insert(key).inserted else {
        let name = String(decoding: key, as: UTF8.self).prefix(60)
        throw Failure(
          offset: keyOffset, found: "the key \"\(name)\" again", expected: "each key once")
      }
      skipSpace()
      guard take(":") else { throw failure("\":\"") }
      members.append(.init(rawKey: key, keyOffset: keyOffset, value: try value()))
      skipSpace()
    } while take(",")
    guard take("}") else { throw failure("\",\" or \"}\"") }
    return .object(offset: start, members: members)
  }

  private mutating func array() throws(Failure) -> JSONOutline {
    let start = index
    index += 1
    var elements: [JSONOutline] = []
    skipSpace()
    if take("]") { return .array(offset: start, elements: []) }
    repeat {
      elements.append(try value())
      skipSpace()
    } while take(",")
    guard take("]") else { throw failure("\",\" or \"]\"") }
    return .array(offset: start, elements: elements)
  }

  /// The bytes between the quotes, escapes as written.
  private mutating func string() throws(Failure) -> [UInt8] {
    index += 1
    let start = index
    while let byte = peek, byte != UInt8(ascii: "\"") {
      guard byte >= 0x20 else { throw failure("no control character in a text") }
      if byte == UInt8(ascii: "\\") {
        index += 1
        try escape()
      } else {
        index += 1
      }
    }
    guard peek != nil else { throw failure("the closing quote of the text") }
    defer { index += 1 }
    return Array(text[start..<index])
  }

  private mutating func escape() throws(Failure) {
    guard let byte = peek, "\"\\/bfnrtu".utf8.contains(byte) else {
      throw failure("an escape of JSON")
    }
    index += 1
    guard byte == UInt8(ascii: "u") else { return }
    // json-c would read half a pair as U+FFFD without a word.
    switch try codeUnit() {
    case 0xD800...0xDBFF:
      guard take("\\u"), (0xDC00...0xDFFF).contains(try codeUnit()) else {
        throw failure("the second half of a surrogate pair")
      }
    case 0xDC00...0xDFFF: throw failure("the first half of a surrogate pair before")
    default: break
    }
  }

  private mutating func codeUnit() throws(Failure) -> Int {
    let digits = text[index..<min(index + 4, text.count)]
    guard digits.count == 4, digits.allSatisfy(Self.isHexDigit),
      let unit = Int(String(decoding: digits, as: UTF8.self), radix: 16)
    else { throw failure("four hexadecimal digits") }
    guard unit != 0 else { throw failure("no NUL character in a text") }
    index += 4
    return unit
  }

  private mutating func number() throws(Failure) -> JSONOutline {
    let start = index
    _ = take("-")
    if !take("0") { try digits() }
    if take(".") { try digits() }
    if take("e") || take("E") {
      if !take("+") { _ = take("-") }
      try digits()
    }
    return .number(offset: start, text: String(decoding: text[start..<index], as: UTF8.self))
  }

  private mutating func digits() throws(Failure) {
    let start = index
    while let byte = peek, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { index += 1 }
    guard index > start else { throw failure("a digit") }
  }

  private var peek: UInt8? { index < text.count ? text[index] : nil }

  private mutating func take(_ word: String) -> Bool {
    let bytes = word.utf8
    guard text.count - index >= bytes.count, text[index..<index + bytes.count].elementsEqual(bytes)
    else { return false }
    index += bytes.count
    return true
  }

  private mutating func skipSpace() {
    while let byte = peek, " \t\r\n".utf8.contains(byte) { index += 1 }
  }

  private static func isHexDigit(_ byte: UInt8) -> Bool {
    "0123456789abcdefABCDEF".utf8.contains(byte)
  }

  private func failure(_ expected: String) -> Failure {
    Failure(offset: index, found: found, expected: expected)
  }

  private var found: String {
    guard let byte = peek else { return "the end of the text" }
    guard byte < 0x80 else { return "a character outside ASCII" }
    guard byte > 0x20, byte != 0x7F else { return "the byte \(byte)" }
    return "\"\(Character(Unicode.Scalar(byte)))\""
  }
}
