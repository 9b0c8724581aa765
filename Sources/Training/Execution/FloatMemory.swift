/// Floats that kernels read and write, with room behind the last one for vectors that reach beyond.
///
/// Invariant: one thread writes an element between two points where threads meet.
final class FloatMemory: @unchecked Sendable {
  let base: UnsafeMutablePointer<Float>
  let count: Int

  /// `count` zeros.
  init(_ count: Int) {
    self.count = count
    let room = count + 16
    base = UnsafeMutableRawPointer.allocate(byteCount: 4 * room, alignment: 64)
      .bindMemory(to: Float.self, capacity: room)
    base.initialize(repeating: 0, count: room)
  }

  deinit { base.deallocate() }

  func clear() { base.update(repeating: 0, count: count) }

  /// - Precondition: as many values as there is room for.
  func set(_ values: [Float]) {
    precondition(values.count == count)
    values.withUnsafeBufferPointer {
      if let source = $0.baseAddress { base.update(from: source, count: count) }
    }
  }

  var values: [Float] { Array(UnsafeBufferPointer(start: base, count: count)) }
}
