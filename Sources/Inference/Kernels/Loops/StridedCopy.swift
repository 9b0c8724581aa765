import NeuralNetworks

/// Copies a box of elements from one place to another: what a slice, a transposition, a
/// concatenation and their like come down to.
struct StridedCopy: Sendable {
  private let loop: StridedLoop
  private let elementBytes: Int
  private let sourceStart: Int
  private let resultStart: Int

  /// Steps and starts count elements; negative steps walk back, a step of 0 repeats.
  ///
  /// - Precondition: elements of 1, 2, 4 or 8 bytes.
  init(
    extents: [Int], sourceStrides: [Int], resultStrides: [Int], sourceStart: Int = 0,
    resultStart: Int = 0, elementBytes: Int
  ) {
    precondition([1, 2, 4, 8].contains(elementBytes))
    loop = StridedLoop(extents: extents, strides: [sourceStrides, resultStrides])
    self.elementBytes = elementBytes
    self.sourceStart = sourceStart
    self.resultStart = resultStart
  }

  /// The result is the box, in row-major order.
  init(extents: [Int], sourceStrides: [Int], sourceStart: Int = 0, elementBytes: Int) {
    self.init(
      extents: extents, sourceStrides: sourceStrides, resultStrides: Shape(extents).strides,
      sourceStart: sourceStart, elementBytes: elementBytes)
  }

  /// - Precondition: the pointers are aligned to the elements, and cover the box.
  func run(from: UnsafeRawPointer, to: UnsafeMutableRawPointer) {
    if loop.rowStrides == [1, 1] {
      let rowBytes = loop.rowCount &* elementBytes
      loop.forEachRow { offsets in
        (to + (resultStart &+ offsets[1]) &* elementBytes).copyMemory(
          from: from + (sourceStart &+ offsets[0]) &* elementBytes, byteCount: rowBytes)
      }
      return
    }
    switch elementBytes {
    case 1: copyElements(from, to, as: UInt8.self)
    case 2: copyElements(from, to, as: UInt16.self)
    case 4: copyElements(from, to, as: UInt32.self)
    default: copyElements(from, to, as: UInt64.self)
    }
  }

  @inline(__always)
  private func copyElements<Element>(
    _ source: UnsafeRawPointer, _ result: UnsafeMutableRawPointer, as type: Element.Type
  ) {
    let from = source.assumingMemoryBound(to: type) + sourceStart
    let to = result.assumingMemoryBound(to: type) + resultStart
    let (fromStep, toStep) = (loop.rowStrides[0], loop.rowStrides[1])
    let count = loop.rowCount
    loop.forEachRow { offsets in
      let (a, b) = (from + offsets[0], to + offsets[1])
      for index in 0..<count { b[index &* toStep] = a[index &* fromStep] }
    }
  }
}
