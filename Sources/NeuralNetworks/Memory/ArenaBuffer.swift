/// Bytes that are needed for a while: one computed tensor, or several that share their place.
public struct ArenaBuffer: Sendable, Equatable {
  /// Of every buffer's place, as in TensorFlow Lite Micro.
  public static let alignment = 16

  /// Index into the subgraph's tensors; the first of those that share.
  public var tensor: Int
  public var byteCount: Int
  /// Operators, in execution order, that write it first and read it last.
  public var lifetime: ClosedRange<Int>

  public init(tensor: Int, byteCount: Int, lifetime: ClosedRange<Int>) {
    self.tensor = tensor
    self.byteCount = byteCount
    self.lifetime = lifetime
  }

  /// Bytes of the place it takes.
  public var placeByteCount: Int { Self.rounded(byteCount) }

  /// Up to a multiple of `alignment`.
  public static func rounded(_ byteCount: Int) -> Int {
    (byteCount + alignment - 1) / alignment * alignment
  }

  /// The largest sum of places that are needed at one time: no plan can do with less.
  /// O(n log n).
  public static func largestLiveSet(of buffers: [ArenaBuffer]) -> Int {
    var changes = buffers.flatMap {
      [
        ($0.lifetime.lowerBound, $0.placeByteCount),
        ($0.lifetime.upperBound + 1, -$0.placeByteCount),
      ]
    }
    // At one step what ends goes before what begins: the end is already one step later.
    changes.sort { ($0.0, $0.1) < ($1.0, $1.1) }
    var (live, most) = (0, 0)
    for change in changes {
      live += change.1
      most = max(most, live)
    }
    return most
  }
}

extension Subgraph {
  /// What is computed at run time and kept for this invocation only.
  public func isInArena(_ tensor: Int) -> Bool {
    tensors[tensor].constant == nil && !tensors[tensor].isVariable
      && tensors[tensor].elementType != .resource
  }

  /// A buffer for each computed tensor that is used, by tensor. Inputs live from the start,
  /// outputs to the end. O(operands).
  public var arenaBuffers: [ArenaBuffer] {
    var lifetimes = [ClosedRange<Int>?](repeating: nil, count: tensors.count)
    func extend(_ tensor: Int, to step: Int) {
      let known = lifetimes[tensor] ?? step...step
      lifetimes[tensor] = known.lowerBound...max(known.upperBound, step)
    }
    for input in inputs { extend(input, to: 0) }
    for (step, op) in operators.enumerated() {
      for tensor in op.inputs.compactMap({ $0 }) + op.outputs { extend(tensor, to: step) }
    }
    for output in outputs { extend(output, to: max(operators.count - 1, 0)) }
    return tensors.indices.compactMap { tensor in
      guard let lifetime = lifetimes[tensor], isInArena(tensor) else { return nil }
      return ArenaBuffer(
        tensor: tensor, byteCount: tensors[tensor].byteCount, lifetime: lifetime)
    }
  }
}
