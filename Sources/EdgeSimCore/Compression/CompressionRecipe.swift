import Compression
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

  /// Sources of samples. Test data decides nothing: it is seen by the report only.
  struct Data: Sendable, Equatable {
    var training: DataSource
    /// What early stopping looks at; nil for none.
    var validation: DataSource?
    var test: DataSource
  }

  /// A network and how it comes about.
  struct Variant: Sendable, Equatable {
    var name: String
    var origin: Origin
    var steps: [Step]
    /// Where the result is written, resolved; by extension `.tflite` or `.onnx`.
    var files: [String]
    /// Whether `.tflite` files hold pruned weights without their zeros.
    var storesSparsely: Bool
  }

  enum Origin: Sendable, Equatable {
    /// Another variant, one that stands above.
    case variant(String)
    /// A model file, resolved.
    case file(String)
    case architecture(Architecture)
  }

  /// A step, with the place that states it for messages.
  struct Step: Sendable, Equatable {
    var action: Action
    /// `variants[1].steps[0] (prune)`
    var place: String
    var position: TextPosition

    /// The step's word in the recipe.
    var name: String { action.name }
  }

  enum Action: Sendable, Equatable {
    case train(TrainingStep)
    case prune(WeightPruning)
    case removeChannels(ChannelRemoval)
    case cluster(WeightClustering)
    case factorize(LowRankFactorization)
    /// Moves scale between layers, so that they lose less when they are quantized.
    case equalize
    case logarithmic(LogarithmicQuantization)
    /// Chooses the bits of each layer for steps behind.
    case mixedPrecision(MixedPrecisionStep)
    case quantize(QuantizationStep)

    var name: String {
      switch self {
      case .train(let step): step.teacher == nil ? "train" : "distil"
      case .prune: "prune"
      case .removeChannels: "remove-channels"
      case .cluster: "cluster"
      case .factorize: "factorize"
      case .equalize: "equalize"
      case .logarithmic: "logarithmic"
      case .mixedPrecision: "mixed-precision"
      case .quantize: "quantize"
      }
    }
  }

  struct TrainingStep: Sendable, Equatable {
    var settings: TrainingSettings
    var teacher: TeacherSelection?
    var quantization: FakeQuantizationScheme?
    /// Sparsity that grows with the epochs.
    var pruning: GradualPruning?
  }

  struct TeacherSelection: Sendable, Equatable {
    var origin: Origin
    var alpha, temperature: Float
    /// Of a network that is executed.
    var outputs: TeacherOutputs.Kind
    var features: [FeatureSelection]
  }

  /// Layers by name, of the student and of the teacher.
  struct FeatureSelection: Sendable, Equatable {
    var student, teacher: String
    var weight: Float
  }

  struct GradualPruning: Sendable, Equatable {
    var method: WeightPruning.Method
    var leavesDepthwise: Bool
    /// In epochs.
    var schedule: PruningSchedule
  }

  struct ChannelRemoval: Sendable, Equatable {
    enum Criterion: String, Sendable, CaseIterable {
      case l1, l2, random
      case meanActivation = "mean-activation"
      case zeroActivations = "zero-activations"
      case taylor
    }

    var target: ChannelPruning.Target
    var criterion: Criterion
    var budget: ChannelPruning.Budget
    var amount: PerLayer<Double>
    var minimumChannels, multiple: Int
    /// Whether what leaves is added to the biases behind, on average.
    var compensates: Bool
    /// Training samples that activations or gradients are measured on.
    var sampleCount: Int
  }

  struct MixedPrecisionStep: Sendable, Equatable {
    enum Budget: Sendable, Equatable {
      /// Of all weights.
      case bytes(Int)
      /// Of what all layers cost with the most bits.
      case share(Double)
    }

    var widths: [Int]
    /// One of the recipe's, whose time is the cost; nil for bytes.
    var device: String?
    var budget: Budget
    /// Training samples that losses are measured on.
    var sampleCount: Int
  }

  struct QuantizationStep: Sendable, Equatable {
    var settings: QuantizationSettings
    /// Nil tries all ways.
    var calibration: CalibrationMethod?
    /// Training samples that ranges are measured on.
    var sampleCount: Int
    /// Nil where the way to calibrate decides.
    var correctsBiases: Bool?
  }
}
