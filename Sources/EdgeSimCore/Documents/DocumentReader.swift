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

  /// O(n).
  static func read(text: [UInt8], file: String) throws(InputError) -> DocumentNode {
    func problem(at offset: Int, found: String, expected: String) -> InputError {
      InputError(
        InputProblem(
          file: file, position: TextPosition(ofByte: offset, in: text), found: found,
          expected: expected))
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
    guard let node = DocumentBuilder(lines: LineIndex(text)).node(outline, root.object) else {
      throw problem(at: 0, found: "a key in two spellings", expected: "each key once")
    }
    return node
  }
}

/// Byte offsets to positions in O(log lines + column).
struct LineIndex {
  private let text: [UInt8]
  private var lineStarts = [0]

  init(_ text: [UInt8]) {
    self.text = text
    for (offset, byte) in text.enumerated() where byte == UInt8(ascii: "\n") {
      lineStarts.append(offset + 1)
    }
  }

  func position(of offset: Int) -> TextPosition {
    var low = 0
    var high = lineStarts.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if lineStarts[middle] <= offset { low = middle } else { high = middle }
    }
    let column = text[lineStarts[low]..<offset].count { $0 & 0xC0 != 0x80 } + 1
    return TextPosition(line: low + 1, column: column)
  }
}

/// Joins json-c's values with the outline's places.
struct DocumentBuilder {
  let lines: LineIndex

  /// Nil when the two disagree, which happens when escapes hide that two keys are equal.
  func node(_ outline: JSONOutline, _ object: OpaquePointer?) -> DocumentNode? {
    value(outline, object).map {
      DocumentNode(position: lines.position(of: outline.offset), value: $0)
    }
  }

  private func value(_ outline: JSONOutline, _ object: OpaquePointer?) -> DocumentValue? {
    switch outline {
    case .object(_, let outlines): members(outlines, object).map(DocumentValue.object)
    case .array(_, let outlines): elements(outlines, object).map(DocumentValue.array)
    case .number(_, let text): .number(text)
    case .string: string(object).map(DocumentValue.string)
    case .literal:
      switch json_object_get_type(object) {
      case json_type_boolean: .bool(json_object_get_boolean(object) != 0)
      case json_type_null: .null
      default: nil
      }
    }
  }

  private func string(_ object: OpaquePointer?) -> String? {
    guard json_object_is_type(object, json_type_string) != 0,
      let characters = json_object_get_string(object)
    else { return nil }
    let count = Int(json_object_get_string_len(object))
    let bytes = UnsafeRawBufferPointer(start: characters, count: count)
    return String(decoding: bytes, as: UTF8.self)
  }

  private func elements(_ outlines: [JSONOutline], _ object: OpaquePointer?) -> [DocumentNode]? {
    guard json_object_is_type(object, json_type_array) != 0,
      json_object_array_length(object) == outlines.count
    else { return nil }
    var nodes: [DocumentNode] = []
    for (index, outline) in outlines.enumerated() {
      guard let node = node(outline, json_object_array_get_idx(object, index)) else { return nil }
      nodes.append(node)
    }
    return nodes
  }

  private func members(
    _ outlines: [JSONOutline.Member], _ object: OpaquePointer?
  ) -> [DocumentMember]? {
    guard json_object_is_type(object, json_type_object) != 0,
      Int(json_object_object_length(object)) == outlines.count
    else { return nil }
    var members: [DocumentMember] = []
    var entry = json_object_get_object(object)?.pointee.head
    for outline in outlines {
      guard let current = entry, let key = current.pointee.k else { return nil }
      let name = String(cString: key.assumingMemoryBound(to: CChar.self))
      let child = current.pointee.v.map { OpaquePointer($0) }
      guard let node = node(outline.value, child) else { return nil }
      members.append(
        DocumentMember(
          key: name, position: lines.position(of: outline.keyOffset), node: node))
      entry = current.pointee.next
    }
    return members
  }
}
