/// Where every computed tensor of one invocation lies in the arena.
public struct ArenaPlan: Sendable, Equatable {
  /// A tensor's place.
  public struct Buffer: Sendable, Equatable {
    /// Index into the subgraph's tensors.
    public var tensor: Int
    /// A multiple of `alignment`.
    public var offset: Int
    /// As stored; the place it takes is rounded up to `alignment`.
    public var byteCount: Int
    /// Operators, in execution order, that write it first and read it last.
    public var lifetime: ClosedRange<Int>
  }

  /// Of every buffer, as in TensorFlow Lite Micro.
  public static let alignment = 16

  /// By tensor.
  public let buffers: [Buffer]
  /// Bytes that the arena takes.
  public let peakBytes: Int
  /// The largest sum of buffers that live at one time: no plan can do with less.
  public let lowerBoundBytes: Int

  /// Places the largest buffers first, each at the lowest offset at which nothing that lives at the
  /// same time is in the way.
  ///
  /// Source: the greedy-by-size planner of Pisarchyk and Lee 2020, "Efficient Memory Management for
  /// Deep Neural Net Inference", and of TensorFlow Lite Micro. O(n²).
  ///
  /// - Parameter requests: `offset` is ignored.
  init(placing requests: [Buffer]) {
    let order = requests.indices.sorted {
      requests[$0].byteCount == requests[$1].byteCount
        ? $0 < $1 : requests[$0].byteCount > requests[$1].byteCount
    }
    var placed: [Buffer] = []
    var result = requests
    for index in order {
      var buffer = requests[index]
      buffer.offset = Self.lowestOffset(for: buffer, among: placed)
      let place = placed.firstIndex { $0.offset > buffer.offset } ?? placed.count
      placed.insert(buffer, at: place)
      result[index] = buffer
    }
    buffers = result
    peakBytes = result.map { $0.offset + Self.rounded($0.byteCount) }.max() ?? 0
    lowerBoundBytes = Self.lowerBound(of: requests)
  }

  /// - Parameter placed: by offset.
  private static func lowestOffset(for buffer: Buffer, among placed: [Buffer]) -> Int {
    let size = rounded(buffer.byteCount)
    var offset = 0
    for other in placed where other.lifetime.overlaps(buffer.lifetime) {
      if other.offset >= offset + size { break }
      offset = max(offset, other.offset + rounded(other.byteCount))
    }
    return offset
  }

  private static func lowerBound(of requests: [Buffer]) -> Int {
    let steps = Set(requests.map(\.lifetime.lowerBound))
    return steps.map { step in
      requests.filter { $0.lifetime.contains(step) }.reduce(0) { $0 + rounded($1.byteCount) }
    }.max() ?? 0
  }

  static func rounded(_ byteCount: Int) -> Int {
    (byteCount + alignment - 1) / alignment * alignment
  }
}
