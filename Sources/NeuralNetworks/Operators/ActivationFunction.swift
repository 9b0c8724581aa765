/// Activation functions that are operators of their own. Raw values are the schema's names.
public enum ActivationFunction: String, Sendable, Hashable, CaseIterable {
  case elu = "ELU"
  case hardSwish = "HARD_SWISH"
  case relu = "RELU"
  case relu0To1 = "RELU_0_TO_1"
  case relu6 = "RELU6"
  case reluMinus1To1 = "RELU_N1_TO_1"
  case tanh = "TANH"
}

/// The function that a recurrent operator applies to sums.
public enum RecurrentActivation: String, Sendable, Hashable {
  case none, relu, reluMinus1To1, relu6, tanh, sigmoid
}

/// The attributes of both convolutions along three axes.
public struct Convolution3D: Sendable, Hashable {
  public var padding: Padding
  public var strideDepth, strideHeight, strideWidth: Int
  public var dilationDepth, dilationHeight, dilationWidth: Int
  public var activation: Activation
}

/// `BATCH_MATMUL`: which operands are read with rows and columns exchanged.
public struct BatchMatMul: Sendable, Hashable {
  public var transposesLeft, transposesRight: Bool
  /// Of the hybrid form.
  public var quantizesInputsAsymmetrically: Bool
}

/// `LOCAL_RESPONSE_NORMALIZATION`: value / (bias + scale * sum of squares)^exponent.
public struct LocalResponseNormalization: Sendable, Hashable {
  /// Channels to both sides that count.
  public var radius: Int
  public var bias, scale, exponent: Float
}

/// What all LSTM operators share.
public struct LSTMAttributes: Sendable, Hashable {
  /// Of the cell gate and of the output.
  public var activation: RecurrentActivation
  /// 0 for none.
  public var cellClip, projectionClip: Float
  public var isTimeMajor: Bool
  /// Of the hybrid form.
  public var quantizesInputsAsymmetrically: Bool
  /// Whether both directions are written beside each other into one output.
  public var mergesOutputs = false
  /// Whether it is the older form, with all gates in one matrix.
  public var isBasic = false

  public init(
    activation: RecurrentActivation = .tanh, cellClip: Float = 0, projectionClip: Float = 0,
    isTimeMajor: Bool = false, quantizesInputsAsymmetrically: Bool = false,
    mergesOutputs: Bool = false, isBasic: Bool = false
  ) {
    self.activation = activation
    self.cellClip = cellClip
    self.projectionClip = projectionClip
    self.isTimeMajor = isTimeMajor
    self.quantizesInputsAsymmetrically = quantizesInputsAsymmetrically
    self.mergesOutputs = mergesOutputs
    self.isBasic = isBasic
  }
}

/// What all RNN operators share.
public struct RNNAttributes: Sendable, Hashable {
  public var activation: RecurrentActivation
  public var isTimeMajor: Bool
  public var quantizesInputsAsymmetrically: Bool
  public var mergesOutputs = false

  public init(
    activation: RecurrentActivation = .tanh, isTimeMajor: Bool = false,
    quantizesInputsAsymmetrically: Bool = false, mergesOutputs: Bool = false
  ) {
    self.activation = activation
    self.isTimeMajor = isTimeMajor
    self.quantizesInputsAsymmetrically = quantizesInputsAsymmetrically
    self.mergesOutputs = mergesOutputs
  }
}

/// `SVDF`: filters of `rank` make one unit.
public struct SVDFAttributes: Sendable, Hashable {
  public var rank: Int
  public var activation: RecurrentActivation
  public var quantizesInputsAsymmetrically: Bool
}
