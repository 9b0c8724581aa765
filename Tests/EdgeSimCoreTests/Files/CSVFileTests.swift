import DiscreteEvents
import ReproducibleMath
import Testing

@testable import EdgeSimCore

@Suite struct CSVFileTests {
  private func parse(_ text: String) throws(InputError) -> CSVFile {
    try CSVFile.parse(Array(text.utf8), file: "x.csv")
  }

  @Test("Quotes, line breaks in fields, either line end, a mark and empty lines are read")
  func reading() throws {
    let table = try parse("\u{FEFF}a,b\r\n1,\"x, \"\"y\"\"\nz\"\n\n,\"\"\r\n3,4")
    #expect(table.header == ["a", "b"])
    #expect(table.rows.map(\.fields) == [["1", "x, \"y\"\nz"], ["", ""], ["3", "4"]])
    #expect(table.rows.map(\.line) == [2, 5, 6])
  }

  @Test(
    "What is no table is refused, with its line",
    arguments: [
      ("", "x.csv: found an empty file, expected a header line"),
      (
        "a,b\n1\n1,2\n1,2,3\n",
        "x.csv:2:1: found 1 fields, expected 2, as the header\n"
          + "x.csv:4:1: found 3 fields, expected 2, as the header"
      ),
      (
        "a\n\"1\nx",
        "x.csv:2:1: found the end of the file in a quoted field, expected a closing quote"
      ),
      (
        "a\n\"1\"2\n",
        "x.csv:2:1: found a carriage return or text after a field, "
          + "expected a comma or the end of the line"
      ),
    ])
  func refused(_ text: String, _ message: String) {
    let error = #expect(throws: InputError.self) { try parse(text) }
    #expect(error?.description == message)
  }

  @Test("Bytes that are no UTF-8 are refused, with their place")
  func encoding() {
    let error = #expect(throws: InputError.self) {
      try CSVFile.parse(Array("a\né".utf8) + [0xFF], file: "x.csv")
    }
    #expect(error?.description == "x.csv:2:2: found bytes that are no UTF-8, expected UTF-8")
  }

  @Test("Any fields that are written read back as they were")
  func roundTrip() throws {
    let odd = [
      "", "\n", "\r", "\r\n", ",", "\"", "\"\u{301}", "\n\u{301}", ",\u{301}", "µ", "\u{FEFF}",
      " x ",
      "\"\"", "a\"b",
    ]
    for field in odd {
      for header in [["\u{FEFF}h"], ["h", "i"]] {
        let row = header.map { _ in field }
        let table = try parse(CSVFile.text(header: header, rows: [row, row]))
        let fields = table.rows.map { $0.fields.map { Array($0.utf8) } }
        #expect(fields == [row, row].map { $0.map { Array($0.utf8) } }, "\(Array(field.utf8))")
        #expect(table.header.map { Array($0.utf8) } == header.map { Array($0.utf8) })
      }
    }
  }

  @Test("20,000 damaged tables are read or refused; what is read is written and read the same")
  func mutations() throws {
    var random = RandomStream(seed: 4, name: "tables")
    let sample = Array(
      "path,label,\"start, s\"\r\na.wav,\"he said \"\"go\"\"\",1\nb.wav,\"\n\",2\n".utf8)
    var accepted = 0
    for _ in 0..<20_000 {
      guard let table = try? CSVFile.parse(Mutation.of(sample, with: &random), file: "x.csv") else {
        continue
      }
      accepted += 1
      #expect(table.rows.allSatisfy { $0.fields.count == table.header.count })
      let copy = try parse(CSVFile.text(header: table.header, rows: table.rows.map(\.fields)))
      #expect(copy.header == table.header && copy.rows.map(\.fields) == table.rows.map(\.fields))
    }
    #expect((1_000..<19_500).contains(accepted))
  }
}
