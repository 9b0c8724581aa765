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
    bytesLeft -= bytes
    guard bytesLeft >= 0 else {
      throw ModelError(
        place: place, found: "a network that goes on",
        expected: "one that takes at most \(limit) bytes in memory, constants apart")
    }
  }

  /// A tensor's record: itself, its extents, name and scales.
  mutating func spend(_ tensor: Tensor, place: String) throws(ModelError) {
    let scaleCount = tensor.quantization?.scales.count ?? 0
    try spend(
      bytes: 512 + 8 * tensor.shape.rank + tensor.name.utf8.count + 24 * scaleCount, place: place)
  }
}
