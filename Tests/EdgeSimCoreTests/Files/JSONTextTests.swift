import DiscreteEvents
import ReproducibleMath
import Testing

@testable import EdgeSimCore

@Suite struct JSONTextTests {
  @Test("Documents are indented and keep the order of their keys")
  func golden() {
    let text = JSONText.object([
      (key: "z", value: .array([.int(1), .number(0.1), .bool(false), .null])),
      (key: "a\"\\\n\u{1}µ", value: .object([])), (key: "list", value: .array([])),
      (key: "not finite", value: .number(.infinity)), (key: "whole", value: .number(-3)),
    ])
    #expect(
      text.document == """
        {
          "z": [
            1,
            0.1,
            false,
            null
          ],
          "a\\"\\\\\\n\\u0001µ": {},
          "list": [],
          "not finite": null,
          "whole": -3
        }

        """)
  }

  @Test("20,000 numbers of any size read back as they were")
  func numbers() throws {
    var random = RandomStream(seed: 3, name: "numbers")
    for _ in 0..<20_000 {
      let value = Double(bitPattern: random.next())
      guard value.isFinite else { continue }
      let text = Array(JSONText.number(value).document.utf8)
      #expect(StrictJSON.accepts(text))
      let node = try DocumentReader.read(text: text, file: "x")
      guard case .number(let digits) = node.value else {
        Issue.record("\(value) is no number")
        continue
      }
      #expect(Double(digits) == value)
    }
  }

  @Test("Every character of a text reads back as it was")
  func characters() throws {
    let scalars = (1...0x2FFF).compactMap { UnicodeScalar(UInt32($0)) } + ["😀", "\u{10FFFF}"]
    var text = ""
    text.unicodeScalars.append(contentsOf: scalars)
    let document = Array(JSONText.string(text).document.utf8)
    let node = try DocumentReader.read(text: document, file: "x")
    guard case .string(let copy) = node.value else {
      Issue.record("no text")
      return
    }
    #expect(copy.utf8.elementsEqual(text.utf8))
  }
}
