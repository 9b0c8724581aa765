/// What an operator computes, with the attributes that are not tensors.
///
/// Cases carry the names of the `.tflite` schema's `BuiltinOperator`; input and output order is
/// that schema's too.
public enum Operation: Sendable, Hashable {
  case add(activation: Activation)
  case averagePool2D(Window2D)
  case maxPool2D(Window2D)
  case concatenation(axis: Int, activation: Activation)
  /// Inputs: activations NHWC, weights OHWI, optional bias.
  case conv2D(Convolution2D)
  /// Inputs: activations NHWC, weights 1HW(C * multiplier), optional bias.
  case depthwiseConv2D(Convolution2D, depthMultiplier: Int)
  case dequantize
  /// Inputs: activations, weights [units, depth], optional bias.
  case fullyConnected(activation: Activation, keepsDimensions: Bool)
  case logistic
  case quantize
  case reshape
  case softmax(beta: Float)
  /// Inputs: axis, value. All parts are equal.
  case split(count: Int)
  /// Inputs: value, sizes, axis.
  case splitV(count: Int)
  /// Inputs: value, begin, end, strides.
  case stridedSlice(StridedSlice)
  /// Runs a subgraph once in the life of an interpreter.
  case callOnce(subgraph: Int)
  case varHandle(name: String)
  case readVariable
  case assignVariable
}

/// The clamp that a kernel applies to its result.
public enum Activation: String, Sendable, Hashable {
  case none, relu, reluMinus1To1, relu6
}

/// How a window is placed at the borders.
public enum Padding: String, Sendable, Hashable {
  case same, valid
}

/// A pooling window.
public struct Window2D: Sendable, Hashable {
  public var padding: Padding
  public var strideHeight, strideWidth: Int
  public var filterHeight, filterWidth: Int
  public var activation: Activation

  public init(
    padding: Padding, strideHeight: Int, strideWidth: Int, filterHeight: Int, filterWidth: Int,
    activation: Activation
  ) {
    self.padding = padding
    self.strideHeight = strideHeight
    self.strideWidth = strideWidth
    self.filterHeight = filterHeight
    self.filterWidth = filterWidth
    self.activation = activation
  }
}

/// The attributes that both convolutions share.
public struct Convolution2D: Sendable, Hashable {
  public var padding: Padding
  public var strideHeight, strideWidth: Int
  public var dilationHeight, dilationWidth: Int
  public var activation: Activation

  public init(
    padding: Padding, strideHeight: Int = 1, strideWidth: Int = 1, dilationHeight: Int = 1,
    dilationWidth: Int = 1, activation: Activation = .none
  ) {
    self.padding = padding
    self.strideHeight = strideHeight
    self.strideWidth = strideWidth
    self.dilationHeight = dilationHeight
    self.dilationWidth = dilationWidth
    self.activation = activation
  }
}

/// The bit masks of `STRIDED_SLICE`: bit i speaks of axis i.
public struct StridedSlice: Sendable, Hashable {
  public var beginMask, endMask, ellipsisMask, newAxisMask, shrinkAxisMask: Int
  /// Whether `end` counts from `begin`.
  public var endIsOffset: Bool

  public init(
    beginMask: Int = 0, endMask: Int = 0, ellipsisMask: Int = 0, newAxisMask: Int = 0,
    shrinkAxisMask: Int = 0, endIsOffset: Bool = false
  ) {
    self.beginMask = beginMask
    self.endMask = endMask
    self.ellipsisMask = ellipsisMask
    self.newAxisMask = newAxisMask
    self.shrinkAxisMask = shrinkAxisMask
    self.endIsOffset = endIsOffset
  }
}
