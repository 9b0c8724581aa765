/// Bad input: what the user gave and we cannot use. The command prints it and exits with 2.
public struct InputError: Error, Sendable, Equatable, CustomStringConvertible {
  /// At least one; all problems of a document are reported at once, in its order.
  public let problems: [InputProblem]

  public init(_ problems: [InputProblem]) {
    precondition(!problems.isEmpty)
    self.problems = problems
  }

  public init(_ problem: InputProblem) { self.init([problem]) }

  public var description: String { problems.map(\.description).joined(separator: "\n") }
}

/// One problem: where, what was found, what was expected.
public struct InputProblem: Sendable, Equatable, CustomStringConvertible {
  /// The file, or `command line`.
  public var file: String
  /// In text files; from 1.
  public var position: TextPosition?
  /// Where inside: `budgets.arena`, `subgraph 0, operator 3 (CONV_2D)`.
  public var place: String?
  public var found: String
  public var expected: String
  /// The nearest valid name, where one is near.
  public var nearest: String?

  public init(
    file: String, position: TextPosition? = nil, place: String? = nil, found: String,
    expected: String, nearest: String? = nil
  ) {
    self.file = file
    self.position = position
    self.place = place
    self.found = found
    self.expected = expected
    self.nearest = nearest
  }

  public var description: String {
    let location = [file, position.map { "\($0.line):\($0.column)" }].compactMap { $0 }
    let parts = [location.joined(separator: ":"), place ?? ""].filter { !$0.isEmpty }
    let hint = nearest.map { "; did you mean \"\($0)\"?" } ?? ""
    return Self.printable(
      "\(parts.joined(separator: ": ")): found \(found), expected \(expected)\(hint)")
  }

  /// Input must not steer the terminal that shows it: control characters become `\u{1B}`.
  private static func printable(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      let isControl = scalar.properties.generalCategory == .control
      result += isControl ? "\\u{\(String(scalar.value, radix: 16, uppercase: true))}" : ""
      if !isControl { result.unicodeScalars.append(scalar) }
    }
    return result
  }
}

/// A place in a text.
public struct TextPosition: Sendable, Hashable {
  /// From 1.
  public var line: Int
  /// In Unicode scalars, from 1.
  public var column: Int

  public init(line: Int, column: Int) {
    self.line = line
    self.column = column
  }

  /// The position of a byte. O(offset).
  init(ofByte offset: Int, in text: [UInt8]) {
    let before = text[..<min(offset, text.count)]
    let lineStart = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
    line = 1 + before.count { $0 == UInt8(ascii: "\n") }
    column = 1 + before[lineStart...].count { $0 & 0xC0 != 0x80 }
  }
}
