import NeuralNetworks

/// A walk over a box of elements, row by row, with the place of every operand.
///
/// Axes that all operands step through evenly are merged, so that equal shapes are one long row.
struct StridedLoop: Sendable {
  /// Extents of the axes before the rows.
  private let extents: [Int]
  /// Operand by operand, steps along `extents`, in elements.
  private let strides: [[Int]]
  /// Elements of a row.
  let rowCount: Int
  /// Operand by operand, the step from one element of a row to the next.
  let rowStrides: [Int]
  private let isEmpty: Bool

  /// - Parameter strides: operand by operand, for each axis the step in elements; 0 repeats.
  init(extents: [Int], strides: [[Int]]) {
    precondition(strides.allSatisfy { $0.count == extents.count })
    isEmpty = extents.contains(0)
    let axes = Self.mergedAxes(extents, strides)
    rowCount = axes.last?.extent ?? 1
    rowStrides = axes.last?.steps ?? strides.map { _ in 0 }
    self.extents = axes.dropLast().map(\.extent)
    self.strides = strides.indices.map { operand in axes.dropLast().map { $0.steps[operand] } }
  }

  private typealias Axis = (extent: Int, steps: [Int])

  private static func mergedAxes(_ extents: [Int], _ strides: [[Int]]) -> [Axis] {
    var axes: [Axis] = []
    for (axis, extent) in extents.enumerated() where extent != 1 {
      let steps = strides.map { $0[axis] }
      if let outer = axes.last, zip(outer.steps, steps).allSatisfy({ $0 == $1 * extent }) {
        axes[axes.count - 1] = (outer.extent * extent, steps)
      } else {
        axes.append((extent, steps))
      }
    }
    return axes
  }

  /// Calls `body` for each row, in row-major order, with the place of its first element in each
  /// operand.
  @inline(__always)
  func forEachRow(_ body: (_ offsets: UnsafePointer<Int>) -> Void) {
    guard !isEmpty else { return }
    let count = strides.count
    withUnsafeTemporaryAllocation(of: Int.self, capacity: count + extents.count + 1) { memory in
      memory.initialize(repeating: 0)
      guard let offsets = memory.baseAddress else { return }
      repeat { body(UnsafePointer(offsets)) } while step(offsets, offsets + count)
    }
  }

  /// Moves to the next row.
  ///
  /// - Returns: whether there was one.
  private func step(
    _ offsets: UnsafeMutablePointer<Int>, _ counters: UnsafeMutablePointer<Int>
  ) -> Bool {
    var axis = extents.count - 1
    while axis >= 0 {
      let extent = extents[axis]
      counters[axis] &+= 1
      let isDone = counters[axis] == extent
      for operand in strides.indices {
        let step = strides[operand][axis]
        offsets[operand] &+= isDone ? 0 &- step &* (extent &- 1) : step
      }
      guard isDone else { return true }
      counters[axis] = 0
      axis -= 1
    }
    return false
  }
}

extension StridedLoop {
  /// Walks a result in its own order, and operands that are broadcast to it.
  init(broadcasting operands: [Shape], to result: Shape) {
    self.init(
      extents: result.dimensions, strides: operands.map { $0.strides(broadcastTo: result.rank) })
  }
}

extension Shape {
  /// Steps along the axes of a result of a rank; 0 where this shape repeats.
  func strides(broadcastTo rank: Int) -> [Int] {
    let own = zip(dimensions, strides).map { $0 == 1 ? 0 : $1 }
    return [Int](repeating: 0, count: rank - self.rank) + own
  }
}
