/// Decides by the grammar of RFC 8259 alone whether a text is JSON; a second opinion for tests.
///
/// Works by reduction: each token becomes one letter, then containers collapse from the inside out.
enum StrictJSON {
  static func accepts(_ bytes: [UInt8]) -> Bool {
    guard let text = String(validating: bytes, as: UTF8.self), var tokens = tokens(of: text) else {
      return false
    }
    var stack: [Character] = []
    tokens.append("$")
    for token in tokens {
      if token == "}" || token == "]" {
        guard close(token, &stack) else { return false }
      } else {
        stack.append(token)
      }
    }
    return stack == ["v", "$"] || stack == ["s", "$"]
  }

  /// Replaces `{ s : v , … }` or `[ v , … ]` at the top of the stack with `v`.
  private static func close(_ token: Character, _ stack: inout [Character]) -> Bool {
    guard let start = stack.lastIndex(of: token == "}" ? "{" : "[") else { return false }
    let inside = Array(stack[(start + 1)...])
    stack.removeSubrange(start...)
    stack.append("v")
    if inside.isEmpty { return true }
    return inside.split(separator: ",", omittingEmptySubsequences: false).allSatisfy { part in
      let part = Array(part)
      return token == "}"
        ? part == ["s", ":", "v"] || part == ["s", ":", "s"] : part == ["v"] || part == ["s"]
    }
  }

  private static func tokens(of text: String) -> [Character]? {
    nonisolated(unsafe) let string =
      /"(?:[^"\\\x{00}-\x{1F}]|\\["\\\/bfnrt]|\\u[0-9a-fA-F]{4})*"/.matchingSemantics(
        .unicodeScalar)
    nonisolated(unsafe) let value =
      /(?:-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)|true|false|null/
      .matchingSemantics(.unicodeScalar)
    var rest = text[...].unicodeScalars
    var result: [Character] = []
    while let first = rest.first {
      if " \t\r\n".unicodeScalars.contains(first) {
        rest.removeFirst()
      } else if "{}[]:,".unicodeScalars.contains(first) {
        result.append(Character(first))
        rest.removeFirst()
      } else if let match = Substring(rest).prefixMatch(of: string) {
        result.append("s")
        rest = rest[match.range.upperBound...]
      } else if let match = Substring(rest).prefixMatch(of: value) {
        result.append("v")
        rest = rest[match.range.upperBound...]
      } else {
        return nil
      }
    }
    return result
  }
}
