import NeuralNetworks

/// All constants of a network where kernels read them, shared by the interpreters of a plan.
///
/// A constant stays where the model's bytes are, so that no page of a mapped file is touched before
/// a kernel reads it. Only those that lie at no multiple of their element's size are copied:
/// kernels need that alignment (and may rely on no more), and a model file aligns nothing that
/// hostile bytes could not misplace.
/// Invariant: written in the initializer only.
final class ConstantMemory: @unchecked Sendable {
  /// Bytes that had to be copied.
  let copiedByteCount: Int

  private let copies: UnsafeMutableRawPointer
  private let pointers: [UnsafeRawPointer]
  /// By subgraph and tensor; nil where there is no constant.
  private let slots: [[Int?]]
  /// Keeps the bytes alive that `pointers` point into.
  private let files: [ModelBytes]

  /// O(tensors + bytes of misaligned constants).
  init(_ network: Network) {
    let tensors = network.subgraphs.flatMap { $0.tensors.filter { $0.constant != nil } }
    let size = tensors.reduce(0) { $0 + ($1.isAligned ? 0 : ArenaBuffer.rounded($1.byteCount)) }
    copies = .allocate(byteCount: max(size, 1), alignment: 64)
    var next = copies
    var copied = 0
    pointers = tensors.compactMap { tensor in
      tensor.constant?.withBytes { bytes in
        if tensor.isAligned, let start = bytes.baseAddress { return start }
        UnsafeMutableRawBufferPointer(start: next, count: bytes.count).copyBytes(from: bytes)
        defer { next += ArenaBuffer.rounded(bytes.count) }
        copied += bytes.count
        return UnsafeRawPointer(next)
      }
    }
    copiedByteCount = copied
    files = tensors.compactMap { $0.constant?.file }
    var count = 0
    slots = network.subgraphs.map { subgraph in
      subgraph.tensors.map { tensor in
        guard tensor.constant != nil else { return nil }
        defer { count += 1 }
        return count
      }
    }
  }

  deinit { copies.deallocate() }

  /// The number of a tensor's constant.
  func slot(subgraph: Int, tensor: Int) -> Int? { slots[subgraph][tensor] }

  func pointer(slot: Int) -> UnsafeRawPointer { pointers[slot] }
}

extension Tensor {
  /// Whether a constant's elements lie at multiples of their size.
  fileprivate var isAligned: Bool {
    let alignment = UInt(max(elementType.bitWidth / 8, 1))
    return constant?.withBytes { UInt(bitPattern: $0.baseAddress) % alignment == 0 } ?? true
  }
}
