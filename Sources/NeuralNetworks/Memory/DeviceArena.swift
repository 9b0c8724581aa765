/// The arena that a network needs on a device, as TensorFlow Lite Micro's `GreedyMemoryPlanner`
/// lays it out: what reports hold against a device's RAM.
///
/// The executor's own `ArenaPlan` may need less; a device does not. Source: tflite-micro,
/// `micro_allocation_info.cc` and `greedy_memory_planner.cc`: one plan for all subgraphs, in
/// which a called one lives inside its caller's operator; largest buffers first, among equals the
/// later tensor first; nothing in place. Left out: scratch buffers that its kernels ask for, and
/// what it keeps for ever (the tail of its arena: tensor and kernel structures).
public struct DeviceArena: Sendable, Equatable {
  public let peakBytes: Int

  /// O(n²) for n computed tensors, which validation bounds.
  ///
  /// - Precondition: the network is valid.
  public init(_ network: Network) {
    var scopes = ScopeWalk(network)
    scopes.visit(subgraph: 0)
    let buffers = scopes.buffers
    peakBytes = FirstFit(buffers, order: Self.order(of: buffers)).peakBytes
  }

  /// Largest first, among equals the last first.
  public static func order(of buffers: [ArenaBuffer]) -> [Int] {
    buffers.indices.sorted {
      (buffers[$0].placeByteCount, $0) > (buffers[$1].placeByteCount, $1)
    }
  }
}

/// Gives every operator of every called subgraph a step of its own.
private struct ScopeWalk {
  let network: Network
  private var step = 0
  /// By subgraph and tensor.
  private var lifetimes: [[ClosedRange<Int>?]]
  private var isVisited: [Bool]

  init(_ network: Network) {
    self.network = network
    lifetimes = network.subgraphs.map { Array(repeating: nil, count: $0.tensors.count) }
    isVisited = network.subgraphs.map { _ in false }
  }

  private mutating func use(_ tensor: Int, of subgraph: Int) {
    lifetimes[subgraph][tensor] = (lifetimes[subgraph][tensor]?.lowerBound ?? step)...step
  }

  mutating func visit(subgraph index: Int) {
    guard !isVisited[index] else { return }
    isVisited[index] = true
    let subgraph = network.subgraphs[index]
    for tensor in subgraph.inputs { use(tensor, of: index) }
    for op in subgraph.operators {
      step += 1
      for tensor in op.outputs { use(tensor, of: index) }
      for callee in op.operation.callees {
        step += 1
        visit(subgraph: callee)
      }
      for tensor in op.inputs.compactMap({ $0 }) + op.outputs { use(tensor, of: index) }
    }
    for tensor in subgraph.outputs { use(tensor, of: index) }
  }

  var buffers: [ArenaBuffer] {
    network.subgraphs.indices.flatMap { index in
      let subgraph = network.subgraphs[index]
      return subgraph.tensors.indices.compactMap { tensor -> ArenaBuffer? in
        let byteCount = subgraph.tensors[tensor].byteCount
        guard byteCount > 0, subgraph.isInArena(tensor),
          let lifetime = lifetimes[index][tensor]
        else { return nil }
        return ArenaBuffer(tensor: tensor, byteCount: byteCount, lifetime: lifetime)
      }
    }
  }
}
