/// Memory that a prepared kernel owns: packed weights and what else its loops need.
///
/// Invariant: written before the kernel that holds it runs.
final class AlignedMemory<Element: BitwiseCopyable>: @unchecked Sendable {
  let base: UnsafeMutablePointer<Element>
  let count: Int

  /// `count` elements that the caller writes, all of them.
  init(uninitializedCount count: Int) {
    self.count = count
    let byteCount = max(count, 1) * MemoryLayout<Element>.stride
    base = UnsafeMutableRawPointer.allocate(byteCount: byteCount, alignment: 64)
      .bindMemory(to: Element.self, capacity: max(count, 1))
  }

  /// `count` elements of zero bytes.
  convenience init(count: Int) {
    self.init(uninitializedCount: count)
    UnsafeMutableRawPointer(base).initializeMemory(as: UInt8.self, repeating: 0, count: byteCount)
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
