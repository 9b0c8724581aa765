import Inference

/// The arena over time in characters: operators along x, bytes along y.
///
/// Blocks are labelled with the numbers of their tensors. Where there are more operators than
/// columns, or more bytes than rows, a cell shows what takes most of it.
struct ArenaDrawing {
  private static let fills: [Character] = ["=", ":", "#", "-", "%", "+", "o"]

  private let blocks: [ArenaBlock]
  private let stepCount: Int
  private let peakBytes: Int
  private let columnCount: Int
  private let rowCount: Int

  /// - Parameters:
  ///   - width: characters of a line, axis included.
  ///   - height: rows of cells.
  init(_ plan: ExecutionPlan, width: Int, height: Int = 16) {
    blocks = ArenaBlock.all(of: plan)
    stepCount = max(plan.order.count, 1)
    peakBytes = max(plan.arena.peakBytes, 1)
    rowCount = height
    let available = max(width - "\(peakBytes)".count - 2, 8)
    let columnsOfStep = min(max(available / stepCount, 1), 6)
    columnCount = min(stepCount * columnsOfStep, available)
  }

  /// Lines from the top of the arena to its bottom, and the axis of operators. O(cells · blocks).
  func lines(style: TerminalStyle) -> [String] {
    let cells = (0..<rowCount).map { row in (0..<columnCount).map { block(row: row, column: $0) } }
    let labels = labels(in: cells)
    let axisWidth = "\(peakBytes)".count
    var lines: [String] = []
    for row in (0..<rowCount).reversed() {
      // The axis says where the row ends above.
      let bytes = "\(peakBytes * (row + 1) / rowCount)"
      let axis = String(repeating: " ", count: axisWidth - bytes.count) + bytes + " |"
      lines.append(axis + line(cells[row], labels[row], style))
    }
    return lines + stepAxis(indent: axisWidth + 1)
  }

  private func line(
    _ cells: [Int?], _ labels: [Character?], _ style: TerminalStyle
  ) -> String {
    var text = ""
    var start = 0
    while start < cells.count {
      let end = cells[start...].firstIndex { $0 != cells[start] } ?? cells.count
      let run = (start..<end).map { column -> Character in
        labels[column] ?? cells[column].map { Self.fills[$0 % Self.fills.count] } ?? " "
      }
      text += cells[start].map { style.block(String(run), color: $0) } ?? String(run)
      start = end
    }
    return style.isColored ? text : text.trimmingTrailingBlanks
  }

  /// What takes most of a cell: bytes first, then steps.
  private func block(row: Int, column: Int) -> Int? {
    let steps =
      column * stepCount
      / columnCount...max(
        (column + 1) * stepCount / columnCount - 1, column * stepCount / columnCount)
    let (low, high) = (row * peakBytes / rowCount, (row + 1) * peakBytes / rowCount)
    var (best, bestShare) = (Int?.none, 0)
    for (index, block) in blocks.enumerated() where block.lifetime.overlaps(steps) {
      let bytes = min(high, block.offset + block.byteCount) - max(low, block.offset)
      let share = max(bytes, 0) * block.lifetime.clamped(to: steps).count
      if share > bestShare { (best, bestShare) = (index, share) }
    }
    return best
  }

  /// A label begins at the left of its block's topmost row of cells, if it fits there.
  private func labels(in cells: [[Int?]]) -> [[Character?]] {
    var labels = cells.map { $0.map { _ in Character?.none } }
    var isLabelled = Set<Int>()
    for row in (0..<rowCount).reversed() {
      for column in 0..<columnCount {
        guard let block = cells[row][column], !isLabelled.contains(block) else { continue }
        let end = cells[row][column...].firstIndex { $0 != block } ?? columnCount
        let names = [blocks[block].label, "\(blocks[block].tensors[0])"]
        guard let name = names.first(where: { $0.count <= end - column }) else { continue }
        isLabelled.insert(block)
        for (index, character) in name.enumerated() { labels[row][column + index] = character }
      }
    }
    return labels
  }

  /// A tick every ten columns or so, with the step's number below.
  private func stepAxis(indent: Int) -> [String] {
    var (ticks, numbers) = ("", "")
    var nextTick = 0
    for column in 0..<columnCount {
      let step = column * stepCount / columnCount
      let isFirst = column == 0 || (column - 1) * stepCount / columnCount != step
      if column >= nextTick && isFirst {
        nextTick = column + 10
        ticks += "+"
        numbers += String(repeating: " ", count: column - numbers.count) + "\(step)"
      } else {
        ticks += "-"
      }
    }
    let margin = String(repeating: " ", count: indent)
    return [margin + "+" + ticks, margin + " " + numbers + " operators"]
  }
}

extension String {
  fileprivate var trimmingTrailingBlanks: String {
    String(reversed().drop { $0 == " " }.reversed())
  }
}
