import Testing

@testable import EdgeSimCore

@Suite struct TextTests {
  @Test("Columns are aligned, signs outside ASCII count as one, and no line ends in blanks")
  func table() {
    var table = TextTable([.left, .right, .left])
    table.add(["part", "time", "note"])
    table.add(["µ±–", "1.5 µs", ""])
    table.add(["front end", "28.9 ms"])
    #expect(
      table.lines == [
        "part          time  note", "µ±–         1.5 µs", "front end  28.9 ms",
      ])
    #expect(TextTable([.left]).lines.isEmpty)
  }

  @Test("Numbers have three digits and the prefix that fits, also where rounding carries")
  func numbers() {
    let expected: [(Double, MetricUnit, String)] = [
      (0.0289, .seconds, "28.9 ms"), (0.00136, .joules, "1.36 mJ"), (37_888, .bytes, "37.0 KiB"),
      (160e6, .hertz, "160 MHz"), (0.9996, .seconds, "1.00 s"), (999.6e-6, .watts, "1.00 mW"),
      (1_048_575, .bytes, "1.00 MiB"), (1023, .bytes, "1023 B"), (0, .joules, "0 J"),
      (-0.0, .joules, "0 J"), (-0.0289, .seconds, "-28.9 ms"), (.infinity, .joules, "inf J"),
      (90, .seconds, "90.0 s"), (600, .seconds, "10.0 min"), (86_400 * 30, .seconds, "30.0 days"),
      (0.105, .share, "10.5 %"), (3, .count, "3"), (2.5, .perHour, "2.50 /h"),
    ]
    for (value, unit, text) in expected {
      #expect(NumberFormat.text(value, unit) == text)
    }
  }

  @Test("Fixed digits round ties to even, and the largest number fits")
  func fixed() {
    #expect(NumberFormat.fixed(0.125, digits: 2) == "0.12")
    #expect(NumberFormat.fixed(0.375, digits: 2) == "0.38")
    #expect(NumberFormat.fixed(-2.5, digits: 0) == "-2")
    let largest = NumberFormat.fixed(.greatestFiniteMagnitude, digits: 6)
    #expect(largest.utf8.count == 316 && Double(largest) == .greatestFiniteMagnitude)
  }

  @Test("Text without color has no escapes")
  func style() {
    #expect(TerminalStyle.plain.bold("x") == "x" && TerminalStyle.plain.red("x") == "x")
    #expect(TerminalStyle(isColored: true).red("x") == "\u{1B}[31mx\u{1B}[0m")
    #expect(!TerminalStyle.fitting(-1).isColored)
  }

  @Test("Text is wrapped at blanks, and long words are left whole")
  func wrapping() {
    #expect("a bc def ghijklm n".wrapped(width: 5) == ["a bc", "def", "ghijklm", "n"])
    #expect("".wrapped(width: 5).isEmpty)
  }
}
