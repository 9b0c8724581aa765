import NeuralNetworks

/// Memory of one or more tensors: its own, or a constant's place in the mapped model file.
///
/// Invariant: after the operator that made it returned, the memory is only read.
final class TensorBuffer: @unchecked Sendable {
  let base: UnsafeMutableRawPointer
  let byteCount: Int
  /// Keeps a constant's memory alive; nil when the buffer owns its memory.
  private let file: ModelBytes?

  /// Memory that the caller fills.
  init(byteCount: Int) {
    base = .allocate(byteCount: max(byteCount, 1), alignment: 64)
    self.byteCount = byteCount
    file = nil
  }

  /// A constant where it lies, at any alignment; a copy of one that is made.
  init(_ constant: ConstantData) {
    byteCount = constant.byteCount
    file = constant.stored?.file
    guard file != nil else {
      let copy = UnsafeMutableRawPointer.allocate(byteCount: max(byteCount, 1), alignment: 64)
      constant.withBytes {
        UnsafeMutableRawBufferPointer(start: copy, count: $0.count).copyBytes(from: $0)
      }
      base = copy
      return
    }
    // The file keeps its bytes where they are as long as it lives (its invariant).
    base = constant.withBytes { bytes in
      bytes.baseAddress.map { UnsafeMutableRawPointer(mutating: $0) }
        ?? UnsafeMutableRawPointer(bitPattern: 64).unsafelyUnwrapped
    }
  }

  /// Whether it is a constant of the model.
  var isConstant: Bool { file != nil }

  deinit { if file == nil { base.deallocate() } }

  /// Whether typed access is allowed.
  func isAligned(to alignment: Int) -> Bool { Int(bitPattern: base) % alignment == 0 }

  /// A copy in memory of its own. O(n).
  func copy() -> TensorBuffer {
    let result = TensorBuffer(byteCount: byteCount)
    result.base.copyMemory(from: base, byteCount: byteCount)
    return result
  }
}
