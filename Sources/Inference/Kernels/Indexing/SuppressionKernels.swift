import Glibc
import NeuralNetworks

/// `NON_MAX_SUPPRESSION_V4` and `_V5`.
///
/// Source: Bodla et al. 2017, "Soft-NMS"; of equal scores the first box comes first.
enum SuppressionKernels {
  static func prepare(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    let boxCount = context.input(0).shape[0]
    let limit = context.output.shape.elementCount
    let isSoft = context.op.operation == .plain(.softNonMaximumSuppression)
    return { operands in
      var suppression = Suppression(
        boxes: operands.input(0, as: Float.self), scores: operands.input(1, as: Float.self),
        overlapLimit: operands.input(3, as: Float.self)[0],
        scoreLimit: operands.input(4, as: Float.self)[0],
        sigma: isSoft ? operands.input(5, as: Float.self)[0] : 0)
      let selected = suppression.select(boxCount: boxCount, limit: limit)
      for place in 0..<limit {
        let choice = place < selected.count ? selected[place] : (index: 0, score: 0)
        operands.output(0, as: Int32.self)[place] = Int32(truncatingIfNeeded: choice.index)
        if isSoft { operands.output(1, as: Float.self)[place] = choice.score }
      }
      operands.output(isSoft ? 2 : 1, as: Int32.self)[0] = Int32(
        truncatingIfNeeded: selected.count)
    }
  }
}

/// One run of the algorithm.
private struct Suppression {
  let boxes, scores: UnsafePointer<Float>
  let overlapLimit, scoreLimit, sigma: Float

  private struct Candidate {
    let index: Int
    var score: Float
    /// Choices that it has been held against.
    var comparedCount: Int
  }

  /// O(boxes² at worst).
  mutating func select(boxCount: Int, limit: Int) -> [(index: Int, score: Float)] {
    var candidates: [Candidate] = []
    for index in 0..<boxCount where scores[index] > scoreLimit {
      candidates.append(Candidate(index: index, score: scores[index], comparedCount: 0))
    }
    // The best last.
    candidates.sort { $0.score == $1.score ? $0.index > $1.index : $0.score < $1.score }
    let count = min(candidates.count, limit)
    var selected: [(index: Int, score: Float)] = []
    while selected.count < count, var next = candidates.popLast() {
      let score = next.score
      let isSuppressed = compare(&next, selected)
      if isSuppressed { continue }
      if next.score == score {
        selected.append((next.index, score))
      } else if next.score > scoreLimit {
        let place =
          candidates.firstIndex {
            $0.score == next.score ? $0.index < next.index : $0.score > next.score
          } ?? candidates.count
        candidates.insert(next, at: place)
      }
    }
    return selected
  }

  /// Lowers the score by the overlap with the choices that are new to it.
  ///
  /// - Returns: whether one overlaps too much.
  private func compare(
    _ candidate: inout Candidate, _ selected: [(index: Int, score: Float)]
  ) -> Bool {
    let scale = sigma > 0 ? -0.5 / sigma : 0
    defer { candidate.comparedCount = selected.count }
    for choice in selected[candidate.comparedCount...].reversed() {
      let overlap = overlap(candidate.index, choice.index)
      if overlap >= overlapLimit { return true }
      if sigma > 0 { candidate.score *= expf(scale * overlap * overlap) }
      if candidate.score <= scoreLimit { break }
    }
    return false
  }

  /// Intersection over union.
  private func overlap(_ first: Int, _ second: Int) -> Float {
    let (a, b) = (Box(boxes + 4 &* first), Box(boxes + 4 &* second))
    guard a.area > 0, b.area > 0 else { return 0 }
    let height = max(min(a.bottom, b.bottom) - max(a.top, b.top), 0)
    let width = max(min(a.right, b.right) - max(a.left, b.left), 0)
    return height * width / (a.area + b.area - height * width)
  }
}

private struct Box {
  let top, left, bottom, right: Float

  init(_ corners: UnsafePointer<Float>) {
    top = min(corners[0], corners[2])
    left = min(corners[1], corners[3])
    bottom = max(corners[0], corners[2])
    right = max(corners[1], corners[3])
  }

  var area: Float { (bottom - top) * (right - left) }
}
