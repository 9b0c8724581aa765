/// A table in comma-separated values with a header line (RFC 4180).
struct CSVFile: Sendable, Equatable {
  static let maximumByteCount = 64 << 20

  /// One record with the line it begins on.
  struct Row: Sendable, Equatable {
    var line: Int
    var fields: [String]
    /// Whether the line has nothing on it, not even quotes.
    fileprivate(set) var isBlank = false
  }

  var header: [String]
  var rows: [Row]

  static func read(path: String) throws(InputError) -> CSVFile {
    try parse(try TextFile.read(path: path, limit: maximumByteCount), file: path)
  }

  /// O(n). Every row must have as many fields as the header; empty lines are skipped.
  static func parse(_ text: [UInt8], file: String) throws(InputError) -> CSVFile {
    guard String(validating: text, as: UTF8.self) != nil else {
      throw InputError(
        InputProblem(
          file: file, position: TextPosition(ofByte: InvalidUTF8.offset(in: text), in: text),
          found: "bytes that are no UTF-8", expected: "UTF-8"))
    }
    var parser = CSVParser(text: text, file: file)
    var rows: [Row] = []
    while let row = try parser.nextRow() {
      if !row.isBlank { rows.append(row) }
    }
    guard let header = rows.first else {
      throw InputError(
        InputProblem(file: file, found: "an empty file", expected: "a header line"))
    }
    let odd = rows.filter { $0.fields.count != header.fields.count }.prefix(20)
    guard odd.isEmpty else {
      throw InputError(
        odd.map {
          InputProblem(
            file: file, position: TextPosition(line: $0.line, column: 1),
            found: "\($0.fields.count) fields", expected: "\(header.fields.count), as the header")
        })
    }
    return CSVFile(header: header.fields, rows: Array(rows.dropFirst()))
  }

  /// The text of a table; fields are quoted where they must be.
  static func text(header: [String], rows: [[String]]) -> String {
    ([header] + rows).map { $0 == [""] ? "\"\"\n" : $0.map(quoted).joined(separator: ",") + "\n" }
      .joined()
  }

  private static func quoted(_ field: String) -> String {
    // By bytes: "\r\n" and a quote with a combining mark are one Character each.
    guard field.utf8.contains(where: { ",\"\r\n".utf8.contains($0) }) || field.first == "\u{FEFF}"
    else { return field }
    let quote = UInt8(ascii: "\"")
    let doubled = field.utf8.flatMap { $0 == quote ? [quote, quote] : [$0] }
    return "\"\(String(decoding: doubled, as: UTF8.self))\""
  }
}

/// Takes records off a text.
private struct CSVParser {
  let text: [UInt8]
  let file: String
  private var index: Int
  private var line = 1

  init(text: [UInt8], file: String) {
    self.text = text
    self.file = file
    index = text.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
  }

  mutating func nextRow() throws(InputError) -> CSVFile.Row? {
    guard index < text.count else { return nil }
    let start = line
    let isBlank = "\r\n".utf8.contains(text[index])
    var fields: [String] = []
    repeat { fields.append(try field(startingOn: start)) } while take(UInt8(ascii: ","))
    _ = take(UInt8(ascii: "\r"))
    guard index == text.count || take(UInt8(ascii: "\n")) else {
      throw problem(
        "a carriage return or text after a field", "a comma or the end of the line")
    }
    line += 1
    return CSVFile.Row(line: start, fields: fields, isBlank: isBlank)
  }

  private mutating func field(startingOn start: Int) throws(InputError) -> String {
    guard take(UInt8(ascii: "\"")) else { return plainField() }
    var bytes: [UInt8] = []
    while index < text.count {
      let byte = text[index]
      index += 1
      if byte == UInt8(ascii: "\""), !take(UInt8(ascii: "\"")) {
        return String(decoding: bytes, as: UTF8.self)
      }
      if byte == UInt8(ascii: "\n") { line += 1 }
      bytes.append(byte)
    }
    line = start
    throw problem("the end of the file in a quoted field", "a closing quote")
  }

  private mutating func plainField() -> String {
    let start = index
    while index < text.count, !",\r\n".utf8.contains(text[index]) { index += 1 }
    return String(decoding: text[start..<index], as: UTF8.self)
  }

  private mutating func take(_ byte: UInt8) -> Bool {
    guard index < text.count, text[index] == byte else { return false }
    index += 1
    return true
  }

  private func problem(_ found: String, _ expected: String) -> InputError {
    InputError(
      InputProblem(
        file: file, position: TextPosition(line: line, column: 1), found: found,
        expected: expected))
  }
}
