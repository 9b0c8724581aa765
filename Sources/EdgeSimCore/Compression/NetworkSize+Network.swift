import Compression
import NeuralNetworks

extension NetworkSize {
  /// O(parameters).
  ///
  /// - Parameter fileBytes: of the network as it is written.
  init(_ network: Network, fileBytes: Int) {
    let workload = network.workload()
    let storage = network.weightStorage
    self.init(
      fileBytes: fileBytes, parameterCount: storage.elementCount,
      zeroCount: storage.elementCount - storage.nonzeroCount, leastWeightBytes: storage.leastBytes,
      macs: workload.macs, effectiveMACs: network.effectiveMACs(workload),
      arenaBytes: workload.arenaBytes)
  }
}
