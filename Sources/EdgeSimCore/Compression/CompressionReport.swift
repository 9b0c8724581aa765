import Compression

/// What `edgesim compress` made, what it lost, and where it pays.
struct CompressionReport: Sendable {
  static let format = "edgesim-compression/1"

  var recipe: String
  var description: String
  var seed: UInt64
  var facts: [(name: String, text: String)]
  var provenance: [RunReport.Provenance]
  var objective: NetworkScore.Objective
  var variants: [VariantReport]

  /// Of the first variant, which the others are compared with.
  var first: VariantReport? { variants.first }
}

/// One variant, finished.
struct VariantReport: Sendable {
  var name: String
  /// One row a step; the first one is the origin.
  var stages: [StageReport]
  /// On the test data, in the arithmetic of each device's runtime.
  var devices: [DeviceVariant]

  var result: StageReport {
    guard let last = stages.last else { preconditionFailure("a variant without its origin") }
    return last
  }
}

/// A variant after one of its steps.
struct StageReport: Sendable, Equatable {
  /// `origin`, or the step's name.
  var step: String
  /// What the step chose by itself.
  var note: String?
  var layers: [LayerRecord]
  var size: NetworkSize
  /// On the test data; nil where the network cannot be run on it.
  var score: NetworkScore?
}

/// How large a network is, in the ways that people count.
struct NetworkSize: Sendable, Equatable {
  /// Of the `.tflite` file.
  var fileBytes: Int
  var parameterCount: Int
  /// Of the parameters.
  var zeroCount: Int
  /// Of the parameters in the shortest way to store them: see `WeightStorage`.
  var leastWeightBytes: Int
  /// Multiply-accumulates of one inference, and those with weights that are not zero.
  var macs, effectiveMACs: Int
  /// As tflite-micro plans it.
  var arenaBytes: Int

  var sparsity: Double { parameterCount == 0 ? 0 : Double(zeroCount) / Double(parameterCount) }
}

/// A variant on a device.
struct DeviceVariant: Sendable, Equatable {
  var device: String
  var runtime: String
  var arithmetic: String
  var seconds: PerBound<Double>
  var joules: PerBound<Double>
  var score: NetworkScore?
  /// Why it cannot run there; none when it can.
  var verdicts: [String]
  /// Whether no other variant is faster and more right there.
  var isOnFront = false
}
