/// Bounds what a file may make its reader allocate: parts of a file may be shared, so that a small
/// one can stand for a large network.
struct ReadBudget {
  /// What a reader may hold: 1 MiB, and 64 bytes for each byte of the file.
  private let limit: Int
  private var bytesLeft: Int

  init(fileByteCount: Int) {
    limit = 1 << 20 + 64 * fileByteCount
    bytesLeft = limit
  }

  /// Called before or as soon as something of the file is kept in memory.
  ///
  /// - Throws: when all that was spent is over the limit.
  mutating func spend(bytes: Int, place: String) throws(ModelError) {
    guard bytes <= bytesLeft else {
      throw ModelError(
        place: place, found: "a network that goes on",
        expected: "one that takes at most \(limit) bytes in memory, constants apart")
    }
    bytesLeft -= bytes
  }

  /// A tensor's record: itself, its extents, name and scales.
  mutating func spend(_ tensor: Tensor, place: String) throws(ModelError) {
    let scaleCount = tensor.quantization?.scales.count ?? 0
    try spend(
      bytes: 512 + 8 * tensor.shape.rank + tensor.name.utf8.count + 24 * scaleCount, place: place)
  }
}

/// Which constants of a subgraph operators have read. One that is made whenever it is read costs
/// each further operator what it cost the first.
struct ConstantReads {
  let tensors: [Tensor]
  private var known: Set<Int> = []

  init(of tensors: [Tensor]) { self.tensors = tensors }

  mutating func add(
    _ inputs: [Int?], _ budget: inout ReadBudget, place: String
  ) throws(ModelError) {
    for case let input? in inputs where tensors.indices.contains(input) {
      guard let constant = tensors[input].constant, constant.stored == nil,
        !known.insert(input).inserted
      else { continue }
      try budget.spend(bytes: constant.byteCount, place: place)
    }
  }
}
