import CJSON

/// Reads JSON documents strictly, keeping the place of everything.
///
/// json-c is the authority on values; the outline adds places and strictness. Limits: 16 MiB, 64
/// levels.
enum DocumentReader {
  static let maximumByteCount = 16 << 20

  static func read(path: String) throws(InputError) -> DocumentNode {
    try read(text: try TextFile.read(path: path, limit: maximumByteCount), file: path)
  }

  /// O(n) with a small constant for the depth.
  static func read(text: [UInt8], file: String) throws(InputError) -> DocumentNode {
    func problem(at offset: Int, found: String, expected: String) -> InputError {
      InputError(
        InputProblem(
          file: file, position: TextPosition(ofByte: offset, in: text), found: found,
          expected: expected))
    }
    guard text.count <= maximumByteCount else {
      throw problem(
        at: 0, found: "\(text.count) bytes", expected: "at most \(maximumByteCount) bytes")
    }
    // json-c's check of UTF-8 lets overlong forms and surrogates pass.
    guard String(validating: text, as: UTF8.self) != nil else {
      throw problem(
        at: InvalidUTF8.offset(in: text), found: "bytes that are no UTF-8", expected: "UTF-8")
    }
    let outline: JSONOutline
    do {
      outline = try JSONOutlineScanner.scan(text)
    } catch {
      throw problem(at: error.offset, found: error.found, expected: error.expected)
    }
    let root: JSONValue
    switch JSONValue.parse(text) {
    case .success(let value): root = value
    case .failure(let error):
      throw problem(at: error.offset, found: error.message, expected: "a JSON document")
    }
    defer { root.release() }
    do {
      return try DocumentBuilder(lines: LineIndex(text)).node(outline, root.object)
    } catch {
      throw problem(
        at: error.offset, found: "a key that other escapes spell too", expected: "each key once")
    }
  }
}
