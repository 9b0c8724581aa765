import NeuralNetworks

/// What a model may make us allocate for what it computes: a small file can state huge tensors.
public enum ArenaLimit {
  /// 64 MiB, and 64 bytes for each byte of the file.
  public static func bytes(fileByteCount: Int) -> Int { 64 << 20 + 64 * fileByteCount }

  /// Refuses a network whose largest live set, over all subgraphs, is above the limit.
  static func check(_ network: Network) throws(ModelError) {
    let needed = network.subgraphs.reduce(0) {
      $0 + ArenaBuffer.largestLiveSet(of: $1.arenaBuffers)
    }
    let variables = VariablePlan(network).byteCount
    let limit = bytes(fileByteCount: network.fileByteCount)
    guard needed + variables <= limit else {
      throw ModelError(
        place: "tensors", found: "\(needed + variables) bytes of them at one time",
        expected: "at most \(limit) for a file of \(network.fileByteCount) bytes")
    }
  }
}
