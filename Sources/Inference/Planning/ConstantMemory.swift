import NeuralNetworks

/// All constants of a network where kernels read them, shared by the interpreters of a plan.
///
/// A constant stays where the model's bytes are, so that no page of a mapped file is touched before
/// a kernel reads it. Only those that lie at no multiple of their element's size are copied:
/// kernels need that alignment (and may rely on no more), and a model file aligns nothing that
/// hostile bytes could not misplace. Constants that are made when they are read are made once for
/// kernels that read them, and left out where all have packed them.
///
/// Invariant: written in the initializer only.
final class ConstantMemory: @unchecked Sendable {
  /// Bytes that had to be copied or made.
  let copiedByteCount: Int

  private let copies: UnsafeMutableRawPointer
  private let pointers: [UnsafeRawPointer?]
  /// By subgraph and tensor; nil where there is no constant.
  private let slots: [[Int?]]
  /// Keeps the bytes alive that `pointers` point into.
  private let files: [ModelBytes]

  /// O(tensors + bytes of misaligned and made constants).
  ///
  /// - Parameter isRead: whether a tensor of a subgraph is read when the network runs.
  init(_ network: Network, isRead: (_ subgraph: Int, _ tensor: Int) -> Bool) {
    var constants: [(tensor: Tensor, isKept: Bool)] = []
    for (index, subgraph) in network.subgraphs.enumerated() {
      for (number, tensor) in subgraph.tensors.enumerated() where tensor.constant != nil {
        let isKept = tensor.constant?.stored != nil || isRead(index, number)
        constants.append((tensor, isKept))
      }
    }
    let size = constants.reduce(0) { size, next in
      size
        + (next.isKept && !next.tensor.isInPlace ? ArenaBuffer.rounded(next.tensor.byteCount) : 0)
    }
    copies = .allocate(byteCount: max(size, 1), alignment: 64)
    var next = copies
    var copied = 0
    pointers = constants.map { tensor, isKept in
      guard isKept else { return nil }
      return tensor.constant?.withBytes { bytes -> UnsafeRawPointer? in
        if tensor.isInPlace, let start = bytes.baseAddress { return start }
        UnsafeMutableRawBufferPointer(start: next, count: bytes.count).copyBytes(from: bytes)
        defer { next += ArenaBuffer.rounded(bytes.count) }
        copied += bytes.count
        return UnsafeRawPointer(next)
      }
    }
    copiedByteCount = copied
    files = constants.compactMap { $0.tensor.constant?.stored?.file }
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

  /// Nil for a constant that nothing reads.
  func pointer(slot: Int) -> UnsafeRawPointer? { pointers[slot] }
}

extension Tensor {
  /// Whether a constant lies in memory, its elements at multiples of their size.
  fileprivate var isInPlace: Bool {
    guard let constant, constant.stored != nil else { return false }
    let alignment = UInt(max(elementType.bitWidth / 8, 1))
    return constant.withBytes { UInt(bitPattern: $0.baseAddress) % alignment == 0 }
  }
}
