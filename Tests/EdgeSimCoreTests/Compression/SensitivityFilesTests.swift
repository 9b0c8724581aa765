import Compression
import Testing

@testable import EdgeSimCore

@Suite("Sensitivity tables as files")
struct SensitivityFilesTests {
  private let table = SensitivityTable(
    strength: "sparsity", metric: "accuracy", baseline: 0.875,
    rows: [
      .init(
        part: "conv<1>",
        points: [.init(strength: 0.5, metric: 0.5), .init(strength: 1, metric: nil)]
      ),
      .init(part: "dense", points: [.init(strength: 0.5, metric: 0.875)]),
    ])

  @Test("CSV has a row for each point, empty where nothing was measured")
  func csv() {
    #expect(
      table.csv == "part,strength,metric\nconv<1>,0.5,0.5\nconv<1>,1.0,\ndense,0.5,0.875\n")
  }

  @Test("JSON names its format, and a point without a metric is null")
  func json() {
    let text = table.json.document
    #expect(text.contains("\"format\": \"edgesim-sensitivity/1\""))
    #expect(text.contains("\"metric\": null") && text.contains("\"baseline\": 0.875"))
  }

  @Test("The table for a terminal has a row for each part")
  func text() {
    #expect(
      table.text == "accuracy unchanged: 0.875\n\nsparsity  0.500  1.00\nconv<1>   0.500     -\n"
        + "dense     0.875\n")
  }

  @Test("The picture places points between its axes, with names that are no markup")
  func picture() {
    let lines = SensitivitySVG(table).document.split(separator: "\n").map(String.init)
    #expect(lines.filter { $0.hasPrefix("<polyline") }.count == 2)
    #expect(lines.contains { $0.contains("points=\"390.0,430.0\"") })
    #expect(lines.contains { $0.contains("points=\"390.0,30.0\"") })
    #expect(lines.contains("<g><title>conv&lt;1&gt;</title>"))
    #expect(lines.last == "</svg>")
  }

  @Test("Tables without points or with values that are no numbers have a picture, too")
  func degenerate() {
    let empty = SensitivityTable(strength: "s", metric: "m", baseline: .nan, rows: [])
    #expect(SensitivitySVG(empty).document.hasSuffix("</svg>\n"))
    let odd = SensitivityTable(
      strength: "s", metric: "m", baseline: 1,
      rows: [.init(part: "a", points: [.init(strength: 0.5, metric: .infinity)])])
    #expect(SensitivitySVG(odd).document.contains("points=\"\""))
  }
}
