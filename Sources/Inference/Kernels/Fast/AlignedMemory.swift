/// Memory that a prepared kernel owns: packed weights and what else its loops need.
///
/// Invariant: written before the kernel that holds it runs.
final class AlignedMemory<Element: BitwiseCopyable>: @unchecked Sendable {
  let base: UnsafeMutablePointer<Element>
  let count: Int

  /// `count` elements of zero bytes.
  init(count: Int) {
    self.count = count
    let byteCount = max(count, 1) * MemoryLayout<Element>.stride
    let memory = UnsafeMutableRawPointer.allocate(byteCount: byteCount, alignment: 64)
    memory.initializeMemory(as: UInt8.self, repeating: 0, count: byteCount)
    base = memory.assumingMemoryBound(to: Element.self)
  }

  /// The elements, followed by zero bytes up to a count.
  convenience init(_ elements: [Element], paddedTo count: Int = 0) {
    self.init(count: max(elements.count, count))
    elements.withUnsafeBufferPointer { source in
      guard let start = source.baseAddress else { return }
      base.update(from: start, count: elements.count)
    }
  }

  deinit { base.deallocate() }

  var byteCount: Int { count * MemoryLayout<Element>.stride }
}
