import Inference

/// The arena over time as a picture: operators along x, bytes along y.
struct ArenaSVG {
  private static let (width, height) = (1000, 500)
  private static let (left, top, right, bottom) = (90, 20, 20, 40)
  private static let colors = [
    "#4e79a7", "#f28e2b", "#59a14f", "#e15759", "#76b7b2", "#edc948", "#b07aa1", "#9c755f",
  ]

  private let plan: ExecutionPlan
  private let blocks: [ArenaBlock]

  init(_ plan: ExecutionPlan) {
    self.plan = plan
    blocks = ArenaBlock.all(of: plan)
  }

  /// A whole document; the same plan gives the same bytes. O(blocks).
  var document: String {
    let (width, height) = (
      Self.width + Self.left + Self.right, Self.height + Self.top + Self.bottom
    )
    var lines = [
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 \(width) \(height)\" "
        + "font-family=\"sans-serif\" font-size=\"12\">",
      "<title>Arena of \(SVGText.escaped(plan.network.name)): "
        + "\(plan.arena.peakBytes) bytes</title>",
      "<rect width=\"\(width)\" height=\"\(height)\" fill=\"white\"/>",
    ]
    for (index, block) in blocks.enumerated() { lines += rectangle(block, index) }
    lines += axes()
    return (lines + ["</svg>"]).joined(separator: "\n") + "\n"
  }

  private func x(_ step: Int) -> Int {
    Self.left + step * Self.width / max(plan.order.count, 1)
  }

  private func y(_ bytes: Int) -> Int {
    Self.top + Self.height - bytes * Self.height / max(plan.arena.peakBytes, 1)
  }

  private func rectangle(_ block: ArenaBlock, _ index: Int) -> [String] {
    let (x0, x1) = (x(block.lifetime.lowerBound), x(block.lifetime.upperBound + 1))
    let (y0, y1) = (y(block.offset + block.byteCount), y(block.offset))
    let color = Self.colors[index % Self.colors.count]
    let steps = "operators \(block.lifetime.lowerBound) to \(block.lifetime.upperBound)"
    var lines = [
      "<g><title>tensor \(block.label) \(SVGText.escaped(block.name)): \(block.byteCount) bytes at "
        + "\(block.offset), \(steps)</title>",
      "<rect x=\"\(x0)\" y=\"\(y0)\" width=\"\(x1 - x0)\" height=\"\(max(y1 - y0, 1))\" "
        + "fill=\"\(color)\" fill-opacity=\"0.75\" stroke=\"white\"/>",
    ]
    if y1 - y0 >= 14, x1 - x0 >= 8 * block.label.count {
      lines.append("<text x=\"\(x0 + 3)\" y=\"\(y0 + 12)\">\(block.label)</text>")
    }
    return lines + ["</g>"]
  }

  private func axes() -> [String] {
    let base = Self.top + Self.height
    var lines = [
      "<path d=\"M\(Self.left) \(Self.top)V\(base)H\(Self.left + Self.width)\" fill=\"none\" "
        + "stroke=\"black\"/>"
    ]
    for quarter in 0...4 {
      let bytes = plan.arena.peakBytes * quarter / 4
      lines.append(
        "<text x=\"\(Self.left - 6)\" y=\"\(y(bytes) + 4)\" text-anchor=\"end\">\(bytes)</text>")
    }
    let stride = max(1, (plan.order.count + 19) / 20)
    for step in Swift.stride(from: 0, to: plan.order.count, by: stride) {
      lines.append("<text x=\"\(x(step))\" y=\"\(base + 16)\">\(step)</text>")
    }
    lines.append(
      "<text x=\"\(Self.left + Self.width)\" y=\"\(base + 32)\" text-anchor=\"end\">operators in "
        + "the order of execution; bytes upwards</text>")
    return lines
  }
}
