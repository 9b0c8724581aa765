import Compression
import NeuralNetworks

extension NetworkSize {
  /// O(parameters).
  ///
  /// - Parameter fileBytes: of the network as it is written.
  init(_ network: Network, fileBytes: Int) {
    let workload = network.workload()
    let parameters = network.parameterTensors
    self.init(
      fileBytes: fileBytes,
      parameterCount: parameters.reduce(0) { $0 + $1.shape.elementCount },
      zeroCount: parameters.reduce(0) { $0 + $1.zeroCount },
      macs: workload.macs,
      effectiveMACs: network.effectiveMACs(workload),
      arenaBytes: workload.arenaBytes)
  }
}
