import CJSON

/// Joins json-c's values with the outline's places.
struct DocumentBuilder {
  /// The two disagree, which happens when escapes hide that two keys are equal.
  struct Disagreement: Error {
    var offset: Int
  }

  let lines: LineIndex

  func node(
    _ outline: JSONOutline, _ object: OpaquePointer?
  ) throws(Disagreement) -> DocumentNode {
    DocumentNode(
      position: lines.position(of: outline.offset), value: try value(outline, object))
  }

  private func value(
    _ outline: JSONOutline, _ object: OpaquePointer?
  ) throws(Disagreement) -> DocumentValue {
    switch outline {
    case .object(let offset, let outlines):
      return .object(try members(outlines, object, offset: offset))
    case .array(let offset, let outlines):
      return .array(try elements(outlines, object, offset: offset))
    case .number(_, let text): return .number(text)
    case .string(let offset):
      guard json_object_is_type(object, json_type_string) != 0,
        let characters = json_object_get_string(object)
      else { throw Disagreement(offset: offset) }
      let count = Int(json_object_get_string_len(object))
      let bytes = UnsafeRawBufferPointer(start: characters, count: count)
      return .string(String(decoding: bytes, as: UTF8.self))
    case .literal(let offset):
      switch json_object_get_type(object) {
      case json_type_boolean: return .bool(json_object_get_boolean(object) != 0)
      case json_type_null: return .null
      default: throw Disagreement(offset: offset)
      }
    }
  }

  private func elements(
    _ outlines: [JSONOutline], _ object: OpaquePointer?, offset: Int
  ) throws(Disagreement) -> [DocumentNode] {
    guard json_object_is_type(object, json_type_array) != 0,
      json_object_array_length(object) == outlines.count
    else { throw Disagreement(offset: offset) }
    var nodes: [DocumentNode] = []
    for (index, outline) in outlines.enumerated() {
      nodes.append(try node(outline, json_object_array_get_idx(object, index)))
    }
    return nodes
  }

  /// json-c keeps the order of the text, and one entry for keys that are equal.
  private func members(
    _ outlines: [JSONOutline.Member], _ object: OpaquePointer?, offset: Int
  ) throws(Disagreement) -> [DocumentMember] {
    guard json_object_is_type(object, json_type_object) != 0 else {
      throw Disagreement(offset: offset)
    }
    var members: [DocumentMember] = []
    var entry = json_object_get_object(object)?.pointee.head
    for outline in outlines {
      guard let current = entry, let key = current.pointee.k,
        Int(json_object_object_length(object)) == outlines.count
      else { throw Disagreement(offset: Self.repeatedKey(in: outlines) ?? offset) }
      let name = String(cString: key.assumingMemoryBound(to: CChar.self))
      let child = current.pointee.v.map { OpaquePointer($0) }
      members.append(
        DocumentMember(
          key: name, position: lines.position(of: outline.keyOffset),
          node: try node(outline.value, child)))
      entry = current.pointee.next
    }
    return members
  }

  /// The offset of the first key that repeats one before it when escapes are read.
  private static func repeatedKey(in outlines: [JSONOutline.Member]) -> Int? {
    var seen: Set<[UInt8]> = []
    return outlines.first { outline in
      guard case .success(let key) = JSONValue.parse([0x22] + outline.rawKey + [0x22]) else {
        return false
      }
      defer { key.release() }
      let count = Int(json_object_get_string_len(key.object))
      let bytes = UnsafeRawBufferPointer(start: json_object_get_string(key.object), count: count)
      return !seen.insert(Array(bytes)).inserted
    }?.keyOffset
  }
}
