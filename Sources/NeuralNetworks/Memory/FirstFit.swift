/// Places buffers one after the other, each at the lowest offset at which nothing that lives at
/// the same time is in the way.
///
/// Source: the greedy strategies of Pisarchyk and Lee 2020, "Efficient Memory Management for Deep
/// Neural Net Inference". They differ in the order only.
public struct FirstFit {
  /// By buffer; multiples of `ArenaBuffer.alignment`.
  public let offsets: [Int]
  public let peakBytes: Int

  /// O(n²), with a constant of about a nanosecond.
  ///
  /// - Parameter order: every index of `buffers` once.
  public init(_ buffers: [ArenaBuffer], order: [Int]) {
    var offsets = [Int](repeating: 0, count: buffers.count)
    var placed: [Placed] = []
    placed.reserveCapacity(buffers.count)
    var peak = 0
    for index in order {
      let buffer = buffers[index]
      let offset = Self.lowestOffset(for: buffer, among: placed)
      let end = offset + buffer.placeByteCount
      let place = Self.firstIndex(above: offset, in: placed)
      placed.insert(
        Placed(
          offset: offset, end: end, first: buffer.lifetime.lowerBound,
          last: buffer.lifetime.upperBound), at: place)
      offsets[index] = offset
      peak = max(peak, end)
    }
    self.offsets = offsets
    peakBytes = peak
  }

  private struct Placed {
    var offset, end, first, last: Int
  }

  /// - Parameter placed: by offset.
  private static func lowestOffset(for buffer: ArenaBuffer, among placed: [Placed]) -> Int {
    let size = buffer.placeByteCount
    let (first, last) = (buffer.lifetime.lowerBound, buffer.lifetime.upperBound)
    var offset = 0
    for other in placed where other.first <= last && first <= other.last {
      if other.offset >= offset + size { break }
      offset = max(offset, other.end)
    }
    return offset
  }

  private static func firstIndex(above offset: Int, in placed: [Placed]) -> Int {
    var (low, high) = (0, placed.count)
    while low < high {
      let middle = (low + high) / 2
      if placed[middle].offset > offset { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
