/// Columns of text, aligned, for a terminal or a log.
struct TextTable {
  enum Alignment { case left, right }

  private let alignments: [Alignment]
  private var rows: [[String]] = []

  init(_ alignments: [Alignment]) { self.alignments = alignments }

  /// - Precondition: no more cells than columns.
  mutating func add(_ cells: [String]) {
    precondition(cells.count <= alignments.count)
    rows.append(cells)
  }

  /// Lines without trailing blanks; columns are two blanks apart.
  var lines: [String] {
    let widths = alignments.indices.map { column in
      rows.map { column < $0.count ? $0[column].unicodeScalars.count : 0 }.max() ?? 0
    }
    return rows.map { row in
      let cells = row.enumerated().map { column, cell in
        padded(cell, to: widths[column], alignments[column])
      }
      let line = cells.joined(separator: "  ")
      return String(line.reversed().drop { $0 == " " }.reversed())
    }
  }

  private func padded(_ cell: String, to width: Int, _ alignment: Alignment) -> String {
    let blanks = String(repeating: " ", count: width - cell.unicodeScalars.count)
    return alignment == .left ? cell + blanks : blanks + cell
  }
}
