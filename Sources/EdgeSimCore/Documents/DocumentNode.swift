/// A value of a JSON document with its place in the text.
struct DocumentNode: Sendable, Equatable {
  var position: TextPosition
  var value: DocumentValue
}

/// What JSON can say.
indirect enum DocumentValue: Sendable, Equatable {
  /// In the order of the text; keys are unique.
  case object([DocumentMember])
  case array([DocumentNode])
  case string(String)
  /// As written: numbers are converted where their type is known, without a detour.
  case number(String)
  case bool(Bool)
  case null

  /// How messages name it.
  var kindName: String {
    switch self {
    case .object: "an object"
    case .array: "a list"
    case .string(let text): "the text \"\(text.prefix(60))\""
    case .number(let text): "the number \(text.prefix(60))"
    case .bool(let flag): "\(flag)"
    case .null: "null"
    }
  }
}

/// A key and its value.
struct DocumentMember: Sendable, Equatable {
  var key: String
  /// Of the key.
  var position: TextPosition
  var node: DocumentNode
}
