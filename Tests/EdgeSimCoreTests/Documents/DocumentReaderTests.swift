import DiscreteEvents
import ReproducibleMath
import Testing

@testable import EdgeSimCore

@Suite struct DocumentReaderTests {
  /// The messages of a text's problems; empty when it is read.
  private func messages(_ bytes: [UInt8]) -> String {
    do {
      _ = try DocumentReader.read(text: bytes, file: "x.json")
      return ""
    } catch {
      return error.description
    }
  }

  private func messages(_ text: String) -> String { messages(Array(text.utf8)) }

  static let sample = """
    {
      "$schema": "../schemas/a.json",
      "µ": [1, -2.5e-3, true, false, null, "a\\u00e9\\n\\ud83d\\ude00"],
      "nested": { "empty": {}, "list": [], "duration": "10 ms", "share": "1.5 %" }
    }
    """

  @Test(
    "What json-c lets pass is refused, with its place",
    arguments: [
      ("{'a':1}", "x.json:1:2: found \"'\", expected a key in double quotes"),
      ("[NaN]", "x.json:1:2: found \"N\", expected a value"),
      ("[-Infinity]", "x.json:1:3: found \"I\", expected a digit"),
      ("{\"a\":1,\n \"a\":2}", "x.json:2:2: found the key \"a\" again, expected each key once"),
      (
        "{\"a\":1,\n \"b\":0, \"\\u0061\":2}",
        "x.json:2:9: found a key that other escapes spell too, expected each key once"
      ),
      ("{\"µ\": x}", "x.json:1:7: found \"x\", expected a value"),
      ("[1,]", "x.json:1:4: found \"]\", expected a value"),
      ("[01]", "x.json:1:3: found \"1\", expected \",\" or \"]\""),
      ("[1.]", "x.json:1:4: found \"]\", expected a digit"),
      ("{\"a\"", "x.json:1:5: found the end of the text, expected \":\""),
      ("", "x.json:1:1: found the end of the text, expected a value"),
      ("1 2", "x.json:1:3: found \"2\", expected the end of the document"),
      ("/**/1", "x.json:1:1: found \"/\", expected a value"),
      ("True", "x.json:1:1: found \"T\", expected a value"),
      ("\"a\tb\"", "x.json:1:3: found the byte 9, expected no control character in a text"),
      ("\"\\u0000\"", "x.json:1:4: found \"0\", expected no NUL character in a text"),
      ("\"\\ud800\"", "x.json:1:8: found \"\"\", expected the second half of a surrogate pair"),
      (
        "\"\\udc00\"",
        "x.json:1:8: found \"\"\", expected the first half of a surrogate pair before"
      ),
      ("\"\\x\"", "x.json:1:3: found \"x\", expected an escape of JSON"),
      ("\u{FEFF}1", "x.json:1:1: found a character outside ASCII, expected a value"),
    ])
  func strictness(_ text: String, _ message: String) {
    #expect(messages(text) == message)
  }

  @Test(
    "Bytes that are no UTF-8 are refused, overlong forms and surrogates too",
    arguments: [
      [0xC0, 0x80], [0xE0, 0x80, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xFF],
      [0xC3], [0xF8, 0x88, 0x80, 0x80, 0x80],
    ])
  func wrongUTF8(_ bytes: [Int]) {
    let text = Array("[\"é".utf8) + bytes.map(UInt8.init) + Array("\"]".utf8)
    #expect(messages(text) == "x.json:1:4: found bytes that are no UTF-8, expected UTF-8")
  }

  @Test("Nesting is read to 64 levels and no further")
  func depth() {
    func nested(_ levels: Int) -> String {
      String(repeating: "[", count: levels) + String(repeating: "]", count: levels)
    }
    #expect(messages(nested(64)) == "")
    #expect(messages(nested(65)) == "x.json:1:65: found deeper nesting, expected at most 64 levels")
    #expect(messages(nested(1_000_000)).contains("1:65"))
  }

  @Test("Values, order and places of a document are kept")
  func values() throws {
    let node = try DocumentReader.read(text: Array(Self.sample.utf8), file: "x.json")
    guard case .object(let members) = node.value else {
      Issue.record("no object")
      return
    }
    #expect(members.map(\.key) == ["$schema", "µ", "nested"])
    #expect(members[1].position == TextPosition(line: 3, column: 3))
    guard case .array(let elements) = members[1].node.value else {
      Issue.record("no list")
      return
    }
    #expect(
      elements.map(\.value) == [
        .number("1"), .number("-2.5e-3"), .bool(true), .bool(false), .null, .string("aé\n😀"),
      ])
    #expect(elements[1].position == TextPosition(line: 3, column: 12))
  }

  @Test("Integers that do not fit stay as written, for the accessor to refuse")
  func hugeIntegers() throws {
    let text = "{\"n\": 9223372036854775808}"
    let problems = DocumentProblems(file: "x.json")
    let root = try DocumentReader.read(text: Array(text.utf8), file: "x.json")
    let object = try #require(DocumentObject(root, problems: problems))
    #expect(object.int("n", in: 0...Int.max) == nil)
    #expect(throws: InputError.self) { try problems.throwIfAny() }
  }

  @Test("A long line and many unknown keys take linear time, and messages stay few")
  func hostileSize() throws {
    let keys = (0..<200_000).map { "\"key\($0)\":[0,\"µ\"]" }.joined(separator: ",")
    let start = ContinuousClock.now
    let root = try DocumentReader.read(text: Array("{\(keys)}".utf8), file: "x.json")
    let problems = DocumentProblems(file: "x.json")
    try #require(DocumentObject(root, problems: problems)).finish()
    let error = #expect(throws: InputError.self) { try problems.throwIfAny() }
    #expect(error?.problems.count == DocumentProblems.maximumCount)
    // Quadratic work on these 4 MB would be minutes.
    #expect(ContinuousClock.now - start < .seconds(20))
  }

  @Test("20,000 damaged documents are read or refused; what is read is JSON by its grammar")
  func mutations() throws {
    var random = RandomStream(seed: 1, name: "documents")
    var accepted = 0
    for _ in 0..<20_000 {
      let text = Mutation.of(Array(Self.sample.utf8), with: &random)
      do {
        let node = try DocumentReader.read(text: text, file: "x.json")
        accepted += 1
        #expect(StrictJSON.accepts(text), "\(String(decoding: text, as: UTF8.self))")
        let again = Array(node.value.text.document.utf8)
        let copy = try DocumentReader.read(text: again, file: "x.json")
        #expect(copy.value.text.document.utf8.elementsEqual(again))
      } catch {
        let position = try #require(error.problems.first?.position)
        #expect(position.line >= 1 && position.column >= 1)
      }
    }
    #expect((1_000..<19_000).contains(accepted))
  }
}

extension DocumentValue {
  /// The same value to be written; numbers go as texts, which keeps their spelling.
  fileprivate var text: JSONText {
    switch self {
    case .object(let members): .object(members.map { ($0.key, $0.node.value.text) })
    case .array(let elements): .array(elements.map(\.value.text))
    case .string(let text): .string(text)
    case .number(let text): .string(text)
    case .bool(let flag): .bool(flag)
    case .null: .null
    }
  }
}
