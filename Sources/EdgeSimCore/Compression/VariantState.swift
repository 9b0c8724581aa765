import Compression
import NeuralNetworks
import Training

/// A network on its way through the steps of a variant.
struct VariantState: Sendable {
  /// As it would be written now; of an architecture with its random weights.
  var network: Network
  /// Of an architecture that has not been trained, with its batch norms.
  var untrained: TrainableNetwork?
  var constraints = WeightConstraints()
  /// What quantization-aware training settled on; nil after any other change.
  var ranges: ActivationRanges?
  /// By the weights' name, as a step `mixed-precision` chose them.
  var weightBits: [String: Int] = [:]
  /// What the last step chose by itself.
  var note: String?

  init(_ network: Network) { self.network = network }

  init(_ trainable: TrainableNetwork, name: String) {
    untrained = trainable
    network = trainable.network(name: name)
  }

  /// The graph to train.
  func trainable() throws(ModelError) -> TrainableNetwork {
    if let untrained { return untrained }
    return try TrainableNetwork(network)
  }

  mutating func take(_ result: CompressedNetwork) {
    network = result.network
    constraints = result.constraints
    untrained = nil
    ranges = nil
  }
}
