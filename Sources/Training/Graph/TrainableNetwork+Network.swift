import NeuralNetworks

extension TrainableNetwork {
  /// The graph of a float network; its float constants become parameters. O(parameters).
  ///
  /// - Throws: `ModelError` with every operator that has no gradient here, or unless the network
  ///   has one float32 input and one output.
  public init(_ network: Network) throws(ModelError) {
    var lowering = try NetworkLowering(network)
    var errors: [ModelError] = []
    for (index, op) in network.main.operators.enumerated() {
      do { try lowering.add(op, index) } catch { errors.append(error) }
    }
    if let error = ModelError(all: errors) { throw error }
    self = try lowering.finished()
  }
}
