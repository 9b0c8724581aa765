/// A JSON value to be written: keys keep their order, so that equal values give equal bytes.
indirect enum JSONText {
  case object([(key: String, value: JSONText)])
  case array([JSONText])
  case string(String)
  case int(Int)
  /// Shortest digits that read back as the same number; not finite is null.
  case number(Double)
  case bool(Bool)
  case null

  /// An optional number.
  static func number(_ value: Double?) -> JSONText { value.map { .number($0) } ?? .null }

  /// Two spaces of indentation, and a line feed at the end.
  var document: String { rendered(indent: "") + "\n" }

  private func rendered(indent: String) -> String {
    let inner = indent + "  "
    switch self {
    case .object(let members):
      return Self.block(
        "{", members.map { "\(Self.quoted($0.key)): \($0.value.rendered(indent: inner))" }, "}",
        indent: indent)
    case .array(let elements):
      return Self.block("[", elements.map { $0.rendered(indent: inner) }, "]", indent: indent)
    case .string(let text): return Self.quoted(text)
    case .int(let value): return "\(value)"
    case .number(let value): return value.isFinite ? Self.text(of: value) : "null"
    case .bool(let flag): return "\(flag)"
    case .null: return "null"
    }
  }

  /// Swift's description is the shortest that reads back; whole numbers go without a point.
  private static func text(of value: Double) -> String {
    abs(value) < 1e15 && value == value.rounded() ? "\(Int(value))" : "\(value)"
  }

  private static func block(
    _ open: String, _ parts: [String], _ close: String, indent: String
  ) -> String {
    guard !parts.isEmpty else { return open + close }
    let lines = parts.map { "\(indent)  \($0)" }.joined(separator: ",\n")
    return "\(open)\n\(lines)\n\(indent)\(close)"
  }

  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\t": result += "\\t"
      case "\r": result += "\\r"
      case _ where scalar.value < 0x20:
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
