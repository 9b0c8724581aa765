/// How values are brought to integers.
public struct QuantizationSettings: Sendable, Equatable {
  /// What the quantized network is made of.
  public enum Form: String, Sendable, Equatable, CaseIterable {
    /// Activations and weights of int8, biases of int32: TensorFlow Lite's 8-bit specification.
    case int8
    /// Activations of int16, weights of int8, biases of int64.
    case int16x8
    /// Weights of int8; activations stay float and are quantized while the network runs.
    case dynamicRange = "dynamic-range"
    /// Weights of float16, which operators in front widen again.
    case float16
    /// Floats that take the values of the quantized network: weights rounded, activations through
    /// FAKE_QUANT. For bit widths and granularities that no runtime stores.
    case simulated
  }

  /// Which weights share a scale.
  public enum Granularity: Sendable, Equatable {
    case tensor
    /// Each output channel has its own.
    case channel
    /// So many weights, one after the other inside an output channel; simulated only.
    case block(Int)
  }

  public var form: Form
  /// 2 to 8, and to 16 when simulated. Up to 4 are stored as int4 when `storesNibbles`.
  public var weightBits: Int
  /// Bits of single layers, by the weights' name.
  public var weightBitsByLayer: [String: Int] = [:]
  /// 2 to 16, of the simulated form; nil leaves activations as they are.
  public var activationBits: Int?
  public var granularity = Granularity.channel
  /// Whether weights of the simulated form use their whole range, as
  /// `round((W - W_min) / (W_max - W_min) * (2^b - 1))`, instead of one around 0.
  public var isAsymmetric = false
  /// Whether weights of at most 4 bits take half a byte each. Not every runtime has such kernels.
  public var storesNibbles = false
  /// Whether inputs and outputs stay float, behind QUANTIZE and DEQUANTIZE.
  public var hasFloatInterface = false

  public init(form: Form = .int8, weightBits: Int = 8, activationBits: Int? = nil) {
    self.form = form
    self.weightBits = weightBits
    self.activationBits = activationBits
  }

  func weightBits(of layer: String) -> Int { weightBitsByLayer[layer] ?? weightBits }
}
