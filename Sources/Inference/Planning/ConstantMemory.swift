import NeuralNetworks

/// All constants of a network, each aligned to 16 bytes, shared by the interpreters of a plan.
///
/// A model file aligns nothing that hostile bytes could not misplace; kernels need alignment.
/// Invariant: written in the initializer only.
final class ConstantMemory: @unchecked Sendable {
  let base: UnsafeMutableRawPointer
  /// By subgraph and tensor; nil where there is no constant.
  private let offsets: [[Int?]]

  /// O(bytes of constants).
  init(_ network: Network) {
    var size = 0
    let offsets = network.subgraphs.map { subgraph in
      subgraph.tensors.map { tensor -> Int? in
        guard tensor.constant != nil else { return nil }
        defer { size += ArenaPlan.rounded(tensor.byteCount) }
        return size
      }
    }
    base = .allocate(byteCount: max(size, 1), alignment: 64)
    self.offsets = offsets
    for (index, subgraph) in network.subgraphs.enumerated() {
      for (number, tensor) in subgraph.tensors.enumerated() {
        guard let constant = tensor.constant, let offset = offsets[index][number] else { continue }
        constant.withBytes { bytes in
          UnsafeMutableRawBufferPointer(start: base + offset, count: bytes.count)
            .copyBytes(from: bytes)
        }
      }
    }
  }

  deinit { base.deallocate() }

  func offset(subgraph: Int, tensor: Int) -> Int? { offsets[subgraph][tensor] }
}
