import NeuralNetworks

/// Why training stopped without a result.
public struct TrainingError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The step, and the layer where it is known.
  public let place: String
  public let found: String
  public let expected: String

  public init(place: String, found: String, expected: String) {
    self.place = place
    self.found = found
    self.expected = expected
  }

  public init(_ error: ModelError) {
    self.init(place: error.place, found: error.found, expected: error.expected)
  }

  /// - Parameters:
  ///   - epoch: from 0.
  ///   - step: within the epoch, from 0.
  static func divergence(epoch: Int, step: Int, layer: String, found: String) -> TrainingError {
    TrainingError(
      place: "epoch \(epoch + 1), step \(step + 1), \(layer)", found: found,
      expected: "finite numbers; a lower learning rate or a gradient limit may help")
  }

  public var description: String { "\(place): found \(found), expected \(expected)" }
}

/// What one epoch gave.
public struct EpochRecord: Sendable, Equatable {
  /// From 0.
  public var epoch: Int
  /// Of the last step.
  public var learningRate: Float
  /// Mean over the training samples, as they were augmented, while weights moved.
  public var loss: Double
  /// Of the training samples as they were seen; 0 for reconstruction.
  public var accuracy: Double
  public var validationLoss: Double?
  public var validationAccuracy: Double?
}
