/// Weights as codes into a table of shared values; codes of one slice, a tensor or a channel, have
/// one table.
public struct Codebook: Sendable, Equatable {
  /// The values of each slice, ascending.
  public let tables: [[Float]]
  /// The code of each weight, in the tensor's order.
  public let codes: [UInt8]

  /// Finds the values that weights share. O(weights x log values).
  ///
  /// - Parameters:
  ///   - slice: of each weight, below `sliceCount`.
  /// - Returns: nil when a slice has more than 256 values, or one that is no number.
  public init?(_ weights: [Float], sliceCount: Int = 1, slice: (Int) -> Int = { _ in 0 }) {
    var known = [Set<Float>](repeating: [], count: sliceCount)
    for (index, weight) in weights.enumerated() {
      let own = slice(index)
      guard !weight.isNaN else { return nil }
      if known[own].insert(weight).inserted, known[own].count > 256 { return nil }
    }
    let tables = known.map { $0.sorted() }
    let codeOf = tables.map { table in
      Dictionary(uniqueKeysWithValues: table.enumerated().map { ($1, UInt8($0)) })
    }
    self.tables = tables
    codes = weights.enumerated().map { codeOf[slice($0.offset)][$0.element] ?? 0 }
  }

  /// Bits of a code: enough for the largest table.
  public var codeBits: Int {
    let most = tables.map(\.count).max() ?? 1
    return most <= 1 ? 0 : Int.bitWidth - (most - 1).leadingZeroBitCount
  }

  /// Of codes and float tables.
  public var byteCount: Int { (codes.count * codeBits + 7) / 8 + tableByteCount }

  public var tableByteCount: Int { 4 * tables.reduce(0) { $0 + $1.count } }

  /// With codes of variable length (the last stage of Han et al. 2016, "Deep Compression"): the
  /// codes by how often each occurs, the float tables, and a byte for the length of each code.
  public var huffmanByteCount: Int {
    let entries = tables.map(\.count).max() ?? 0
    var counts = [Int](repeating: 0, count: max(entries, 1))
    for code in codes { counts[Int(code)] += 1 }
    return (Huffman.bitCount(counts) + 7) / 8 + tableByteCount + entries
  }
}

/// The lengths of Huffman's codes (1952).
enum Huffman {
  /// Bits of a message in which symbols occur so often; a message of one symbol takes none.
  /// O(symbols x log symbols).
  static func bitCount(_ counts: [Int]) -> Int {
    var leaves = counts.filter { $0 > 0 }.sorted()[...]
    // Sums are made in ascending order, so two queues do for the heap.
    var sums: [Int] = []
    var firstSum = 0
    func least() -> Int {
      if firstSum < sums.count, leaves.isEmpty || sums[firstSum] < leaves[leaves.startIndex] {
        firstSum += 1
        return sums[firstSum - 1]
      }
      return leaves.removeFirst()
    }
    var bits = 0
    while leaves.count + sums.count - firstSum > 1 {
      let sum = least() + least()
      bits += sum
      sums.append(sum)
    }
    return bits
  }
}
