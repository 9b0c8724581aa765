import NeuralNetworks

/// A walk over the elements that each element of a reduction stands for.
struct ReductionLoop: Sendable {
  private let kept: StridedLoop
  private let reduced: StridedLoop
  /// Elements that come together in one.
  let reducedCount: Int

  /// - Parameter axes: of the source, each once.
  init(_ source: Shape, axes: [Int]) {
    func loop(_ axes: [Int]) -> StridedLoop {
      let strides = source.strides
      return StridedLoop(
        extents: axes.map { source[$0] }, strides: [axes.map { strides[$0] }])
    }
    kept = loop((0..<source.rank).filter { !axes.contains($0) })
    reduced = loop(axes)
    reducedCount = axes.reduce(1) { $0 * source[$1] }
  }

  /// Folds the elements of each group, in the source's order, from `initial` on.
  @inline(__always)
  func fold<Element, Total, Result>(
    _ source: UnsafePointer<Element>, into result: UnsafeMutablePointer<Result>,
    from initial: Total,
    _ add: (Total, Element) -> Total, finish: (Total) -> Result
  ) {
    var next = result
    let (keptStep, keptCount) = (kept.rowStrides[0], kept.rowCount)
    kept.forEachRow { offsets in
      for index in 0..<keptCount {
        let total = total(source + (offsets[0] &+ index &* keptStep), from: initial, add)
        next.pointee = finish(total)
        next += 1
      }
    }
  }

  @inline(__always)
  private func total<Element, Total>(
    _ source: UnsafePointer<Element>, from initial: Total, _ add: (Total, Element) -> Total
  ) -> Total {
    var total = initial
    let (step, count) = (reduced.rowStrides[0], reduced.rowCount)
    reduced.forEachRow { offsets in
      let row = source + offsets[0]
      for index in 0..<count { total = add(total, row[index &* step]) }
    }
    return total
  }
}
