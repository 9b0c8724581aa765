/// Walks the windows of a pool over one sample.
struct PoolWindows {
  let window: PatchGeometry

  /// Calls `body` for every tap that lies on the input, with the places of the first channel of
  /// output and input.
  @inline(__always)
  func eachTap(_ body: (_ output: Int, _ input: Int) -> Void) {
    for y in 0..<window.outputHeight {
      for x in 0..<window.outputWidth {
        let output = (y * window.outputWidth + x) * window.channels
        for row in rows(y) {
          for column in columns(x) {
            body(output, (row * window.inputWidth + column) * window.channels)
          }
        }
      }
    }
  }

  func rows(_ y: Int) -> Range<Int> {
    let first = y * window.strideHeight - window.paddingTop
    return max(first, 0)..<max(min(first + window.filterHeight, window.inputHeight), 0)
  }

  func columns(_ x: Int) -> Range<Int> {
    let first = x * window.strideWidth - window.paddingLeft
    return max(first, 0)..<max(min(first + window.filterWidth, window.inputWidth), 0)
  }
}
