import NeuralNetworks

/// Where every computed tensor of one invocation lies in the executor's arena.
///
/// Not what a device needs: that is `DeviceArena`.
public struct ArenaPlan: Sendable, Equatable {
  /// A tensor's place.
  public struct Buffer: Sendable, Equatable {
    /// Index into the subgraph's tensors.
    public var tensor: Int
    /// A multiple of `ArenaBuffer.alignment`.
    public var offset: Int
    /// As stored; the place it takes is rounded up to the alignment.
    public var byteCount: Int
    /// Operators, in execution order, that write it first and read it last.
    public var lifetime: ClosedRange<Int>
    /// The first tensor of those that lie at this place because a kernel works in place.
    public var owner: Int
  }

  /// By tensor.
  public let buffers: [Buffer]
  /// Bytes that the arena takes.
  public let peakBytes: Int
  /// The largest sum of tensors that live at one time: no plan that keeps each tensor at a place
  /// of its own can do with less.
  public let lowerBoundBytes: Int
  /// The same where tensors share places as in this plan.
  public let sharedLowerBoundBytes: Int

  /// Plans with and without shared places, and takes the lower peak.
  ///
  /// Complexity: that of `PlacementSearch.best`.
  ///
  /// - Parameters:
  ///   - sharing: what the kernel of each operator allows.
  ///   - isSearched: whether more is tried than the device's order.
  init(_ subgraph: Subgraph, sharing: [OperandSharing], isSearched: Bool) {
    let place = isSearched ? PlacementSearch.best : PlacementSearch.asDevice
    let alone = SharedBuffers(subgraph)
    let shared = SharedBuffers(subgraph, sharing: sharing)
    let placement = place(shared.buffers)
    let bound = ArenaBuffer.largestLiveSet(of: alone.buffers)
    lowerBoundBytes = bound
    if placement.peakBytes > bound {
      let other = place(alone.buffers)
      if other.peakBytes < placement.peakBytes {
        (buffers, peakBytes) = (Self.places(alone, other, subgraph), other.peakBytes)
        sharedLowerBoundBytes = bound
        return
      }
    }
    (buffers, peakBytes) = (Self.places(shared, placement, subgraph), placement.peakBytes)
    sharedLowerBoundBytes = ArenaBuffer.largestLiveSet(of: shared.buffers)
  }

  private static func places(
    _ shared: SharedBuffers, _ placement: FirstFit, _ subgraph: Subgraph
  ) -> [Buffer] {
    subgraph.arenaBuffers.map { buffer in
      guard let index = shared.bufferOfTensor[buffer.tensor] else {
        preconditionFailure("a tensor of the arena without a buffer")
      }
      return Buffer(
        tensor: buffer.tensor, offset: placement.offsets[index], byteCount: buffer.byteCount,
        lifetime: buffer.lifetime, owner: shared.buffers[index].tensor)
    }
  }
}
