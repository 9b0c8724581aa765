import NeuralNetworks
import Testing

@testable import EdgeSimCore

@Suite struct DocumentObjectTests {
  private func object(_ text: String) throws -> (DocumentObject, DocumentProblems) {
    let problems = DocumentProblems(file: "x.json")
    let node = try DocumentReader.read(text: Array(text.utf8), file: "x.json")
    return (try #require(DocumentObject(node, problems: problems)), problems)
  }

  private func messages(_ problems: DocumentProblems) -> [String] {
    do {
      try problems.throwIfAny()
      return []
    } catch {
      return error.problems.map(\.description)
    }
  }

  @Test("All problems of a document are reported at once, in its order")
  func allAtOnce() throws {
    let (root, problems) = try object(
      """
      {
        "deadlin": "10 ms",
        "period": "10 sm",
        "kind": "phon",
        "count": 2.5,
        "inner": { "on": 1, "power": 3 },
        "list": [{}, 4]
      }
      """)
    _ = root.optionalQuantity("deadline", .duration)
    _ = root.quantity("period", .duration)
    _ = root.choice("kind", of: ["phone", "iot-node"])
    _ = root.int("count", in: 1...9)
    _ = root.string("name")
    let inner = try #require(root.object("inner"))
    #expect(inner.bool("on") == nil)
    #expect(inner.quantity("power", .power) == nil)
    #expect(root.objects("list", count: 1...3)?.count == 1)
    root.finish()
    #expect(
      messages(problems) == [
        "x.json:1:1: found no key \"name\", expected it, as it is required",
        "x.json:2:3: found the unknown key \"deadlin\", expected one of deadline, name; "
          + "did you mean \"deadline\"?",
        "x.json:3:13: period: found the unit \"sm\", expected one of "
          + "ns, us, µs, ms, s, min, h, days; did you mean \"ms\"?",
        "x.json:4:11: kind: found the text \"phon\", expected one of phone, iot-node; "
          + "did you mean \"phone\"?",
        "x.json:5:12: count: found the number 2.5, expected a whole number from 1 to 9",
        "x.json:6:20: inner.on: found the number 1, expected true or false",
        "x.json:6:32: inner.power: found the number 3, "
          + "expected a power such as \"12 mW\" in quotes",
        "x.json:7:16: list[1]: found the number 4, expected an object",
      ])
  }

  @Test("Right values come back, and nothing is reported")
  func rightValues() throws {
    let (root, problems) = try object(
      #"{"a": "x", "b": true, "c": [1, 2], "d": 0.5, "e": "2 s", "f": 7, "g": {"z": 1, "y": 2}}"#)
    #expect(root.string("a") == "x" && root.bool("b") == true)
    #expect(root.array("c", count: 0...2)?.map(\.value) == [.number("1"), .number("2")])
    #expect(root.number("d", in: 0...1) == 0.5 && root.int("f", in: 0...7) == 7)
    #expect(root.quantity("e", .duration)?.billionths == 2_000_000_000)
    let map = try #require(root.object("g"))
    #expect(map.pairs.map(\.key) == ["z", "y"])
    map.finish()
    #expect(root.optionalBool("absent") == nil && root.optionalNumber("gone", in: 0...1) == nil)
    root.finish()
    #expect(messages(problems).isEmpty)
  }

  @Test("A message does not pass control characters on to the terminal")
  func controlCharacters() throws {
    let (root, problems) = try object(#"{"\u001b[2J": 1}"#)
    root.finish()
    #expect(
      messages(problems) == [
        "x.json:1:2: found the unknown key \"\\u{1B}[2J\", expected no further key"
      ])
  }

  @Test("The nearest name is near, or there is none")
  func nearestName() {
    let names = ["deadline", "period", "seed", "--seed"]
    #expect(NearestName.of("deadlien", among: names) == "deadline")
    #expect(NearestName.of("--sede", among: names) == "--seed")
    #expect(NearestName.of("zebra", among: names) == nil)
    #expect(NearestName.of(String(repeating: "a", count: 100_000), among: names) == nil)
    #expect(NearestName.distance("ca", "abc") == 3 && NearestName.distance("ab", "ba") == 1)
  }
}
