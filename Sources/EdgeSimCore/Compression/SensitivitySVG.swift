import Compression

/// A sensitivity table as a picture: strengths along x, the metric along y, a line for each part.
struct SensitivitySVG {
  private static let (width, height) = (640, 400)
  private static let (left, top, legend, bottom) = (70, 30, 360, 50)
  private static let colors = [
    "#4e79a7", "#f28e2b", "#59a14f", "#e15759", "#76b7b2", "#edc948", "#b07aa1", "#9c755f",
  ]
  private static let dashes = ["", "6 3", "2 3", "8 3 2 3"]

  private let table: SensitivityTable
  private let strengths, metrics: ClosedRange<Double>

  init(_ table: SensitivityTable) {
    self.table = table
    let points = table.rows.flatMap(\.points)
    strengths = Self.range([0] + points.map(\.strength))
    metrics = Self.range([table.baseline] + points.compactMap(\.metric))
  }

  /// A whole document; the same table gives the same bytes. O(points).
  var document: String {
    let (width, height) = (
      Self.width + Self.left + Self.legend, Self.height + Self.top + Self.bottom
    )
    var lines = [
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 \(width) \(height)\" "
        + "font-family=\"sans-serif\" font-size=\"12\">",
      "<title>\(SVGText.escaped("\(table.metric) by \(table.strength)"))</title>",
      "<rect width=\"\(width)\" height=\"\(height)\" fill=\"white\"/>",
    ]
    lines += axes() + baseline()
    for (index, row) in table.rows.enumerated() { lines += line(row, index) }
    return (lines + ["</svg>"]).joined(separator: "\n") + "\n"
  }

  /// Of finite values; never empty.
  private static func range(_ values: [Double]) -> ClosedRange<Double> {
    let finite = values.filter(\.isFinite)
    guard let low = finite.min(), let high = finite.max() else { return 0...1 }
    return low == high ? low - 0.5...low + 0.5 : low...high
  }

  private func x(_ strength: Double) -> String {
    let share = (strength - strengths.lowerBound) / (strengths.upperBound - strengths.lowerBound)
    return NumberFormat.fixed(Double(Self.left) + share * Double(Self.width), digits: 1)
  }

  private func y(_ metric: Double) -> String {
    let share = (metric - metrics.lowerBound) / (metrics.upperBound - metrics.lowerBound)
    return NumberFormat.fixed(
      Double(Self.top) + (1 - share) * Double(Self.height), digits: 1)
  }

  private func line(_ row: SensitivityTable.Row, _ index: Int) -> [String] {
    let points = row.points.sorted { $0.strength < $1.strength }.compactMap { point in
      point.metric.flatMap { $0.isFinite ? (point.strength, $0) : nil }
    }
    let dash = Self.dashes[index / Self.colors.count % Self.dashes.count]
    let style =
      "fill=\"none\" stroke=\"\(Self.colors[index % Self.colors.count])\" stroke-width=\"1.5\""
      + (dash.isEmpty ? "" : " stroke-dasharray=\"\(dash)\"")
    let path = points.map { "\(x($0.0)),\(y($0.1))" }.joined(separator: " ")
    let name = SVGText.escaped(row.part)
    let (legendX, legendY) = (Self.left + Self.width + 16, Self.top + 8 + 14 * index)
    var lines = ["<g><title>\(name)</title>", "<polyline points=\"\(path)\" \(style)/>"]
    if legendY < Self.top + Self.height {
      let short = SVGText.escaped(String(row.part.suffix(48)))
      lines += [
        "<path d=\"M\(legendX) \(legendY)h24\" \(style)/>",
        "<text x=\"\(legendX + 30)\" y=\"\(legendY + 4)\">\(short)</text>",
      ]
    }
    return lines + ["</g>"]
  }

  private func baseline() -> [String] {
    guard table.baseline.isFinite else { return [] }
    return [
      "<path d=\"M\(Self.left) \(y(table.baseline))h\(Self.width)\" stroke=\"black\" "
        + "stroke-dasharray=\"2 4\"><title>unchanged</title></path>"
    ]
  }

  private func axes() -> [String] {
    let base = Self.top + Self.height
    var lines = [
      "<path d=\"M\(Self.left) \(Self.top)V\(base)H\(Self.left + Self.width)\" fill=\"none\" "
        + "stroke=\"black\"/>"
    ]
    for quarter in 0...4 {
      let share = Double(quarter) / 4
      let strength = strengths.lowerBound + share * (strengths.upperBound - strengths.lowerBound)
      let metric = metrics.lowerBound + share * (metrics.upperBound - metrics.lowerBound)
      lines += [
        "<text x=\"\(x(strength))\" y=\"\(base + 16)\" text-anchor=\"middle\">"
          + "\(NumberFormat.significant(strength))</text>",
        "<text x=\"\(Self.left - 6)\" y=\"\(y(metric))\" text-anchor=\"end\">"
          + "\(NumberFormat.significant(metric))</text>",
      ]
    }
    return lines + [
      "<text x=\"\(Self.left + Self.width / 2)\" y=\"\(base + 36)\" text-anchor=\"middle\">"
        + "\(SVGText.escaped(table.strength))</text>",
      "<text x=\"\(Self.left)\" y=\"\(Self.top - 12)\">\(SVGText.escaped(table.metric))</text>",
    ]
  }
}
