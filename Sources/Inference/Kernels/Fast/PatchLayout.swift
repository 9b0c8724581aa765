/// How the patches of one image lie in memory, its padding written out.
///
/// A patch is a number of runs of consecutive elements, so that no patch is ever copied: rows of
/// the filter where its columns are adjacent, taps elsewhere.
struct PatchLayout: Sendable {
  let geometry: WindowGeometry
  /// Of the image that patches are cut from, padding included.
  let height, width: Int
  /// Whether the image must be copied to be padded.
  let isPadded: Bool
  /// In elements, from the first element of a patch.
  let runOffsets: [Int64]
  let runLength: Int

  /// Nil when padding would take many times the memory of the image, as hostile dilations do.
  ///
  /// - Parameter byTap: whether each tap is a run of its own.
  init?(_ geometry: WindowGeometry, byTap: Bool = false) {
    let g = geometry
    let rows = (g.outputHeight - 1) * g.strideHeight + (g.filterHeight - 1) * g.dilationHeight + 1
    let columns = (g.outputWidth - 1) * g.strideWidth + (g.filterWidth - 1) * g.dilationWidth + 1
    let isPadded =
      g.paddingTop > 0 || g.paddingLeft > 0 || rows > g.inputHeight || columns > g.inputWidth
    let limit = 16 * g.inputHeight * g.inputWidth + 4096
    guard rows <= limit, columns <= limit, !isPadded || rows * columns <= limit else { return nil }
    self.geometry = geometry
    self.isPadded = isPadded
    (height, width) = isPadded ? (rows, columns) : (g.inputHeight, g.inputWidth)
    let pitch = width
    let rowStarts = (0..<g.filterHeight).map { $0 * g.dilationHeight * pitch * g.inputChannels }
    if g.dilationWidth == 1 && !byTap {
      runLength = g.filterWidth * g.inputChannels
      runOffsets = rowStarts.map { Int64($0) }
    } else {
      runLength = g.inputChannels
      runOffsets = rowStarts.flatMap { start in
        (0..<g.filterWidth).map { Int64(start + $0 * g.dilationWidth * g.inputChannels) }
      }
    }
  }

  /// Elements of an image as it is stored, without padding.
  var inputCount: Int { geometry.inputHeight * geometry.inputWidth * geometry.inputChannels }

  /// Elements that one image's output takes.
  var outputCount: Int { geometry.outputHeight * geometry.outputWidth * geometry.outputChannels }

  /// Elements from one row of patches to the next, and from one patch to the next.
  var rowStep: Int { geometry.strideHeight * width * geometry.inputChannels }
  var columnStep: Int { geometry.strideWidth * geometry.inputChannels }

  /// Elements of the scratch that `forEachImage` needs.
  var paddedCount: Int { isPadded ? height * width * geometry.inputChannels : 0 }

  /// Calls `body` for every image of a batch of samples, padded. Complexity: O(elements).
  @inline(__always)
  func forEachImage<Element: BitwiseCopyable>(
    _ operands: KernelOperands, padding: Element,
    _ body: (_ batch: Int, _ image: UnsafePointer<Element>) -> Void
  ) {
    let input = operands.input(0, as: Element.self)
    let count = geometry.batches &* operands.sampleCount
    guard isPadded else {
      for batch in 0..<count { body(batch, input + batch &* inputCount) }
      return
    }
    guard let padded = operands.scratch?.assumingMemoryBound(to: Element.self) else {
      preconditionFailure("a kernel without its scratch")
    }
    padded.initialize(repeating: padding, count: paddedCount)
    for batch in 0..<count {
      copy(input + batch &* inputCount, into: padded)
      body(batch, padded)
    }
  }

  /// Rows and columns that no patch reaches are left out.
  @inline(__always)
  private func copy<Element: BitwiseCopyable>(
    _ image: UnsafePointer<Element>, into padded: UnsafeMutablePointer<Element>
  ) {
    let g = geometry
    let rows = min(g.inputHeight, height &- g.paddingTop)
    let columns = min(g.inputWidth, width &- g.paddingLeft)
    guard columns > 0 else { return }
    for row in 0..<max(rows, 0) {
      let place = ((row &+ g.paddingTop) &* width &+ g.paddingLeft) &* g.inputChannels
      (padded + place).update(
        from: image + row &* g.inputWidth &* g.inputChannels, count: columns &* g.inputChannels)
    }
  }
}
