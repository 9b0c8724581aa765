import Training

/// What `edgesim compress` does: networks that are made of each other, step by step.
struct CompressionRecipe: Sendable, Equatable {
  var name: String
  var description: String
  var seed: UInt64
  var objective: NetworkScore.Objective
  var data: Data
  var variants: [Variant]
  var devices: [Scenario.DeviceSelection]

  /// Sources of samples; test data is seen by the report only.
  struct Data: Sendable, Equatable {
    var training: DataSource
    var validation: DataSource?
    var test: DataSource
  }

  /// A network and how it comes about.
  struct Variant: Sendable, Equatable {
    var name: String
    var origin: Origin
    var steps: [Step]
    /// Where the result is written, besides the output folder; resolved.
    var files: [String]
    var position: TextPosition
  }

  enum Origin: Sendable, Equatable {
    /// Another variant, one that stands above.
    case variant(String)
    /// A model file; resolved.
    case file(String)
    case architecture(Architecture)
  }

  /// A step with the place that states it, for messages.
  struct Step: Sendable, Equatable {
    var action: Action
    /// `variants[1].steps[0]`
    var place: String
    var position: TextPosition
  }
}
