/// What an operator computes, with the attributes that are not tensors.
///
/// Cases carry the names of the `.tflite` schema's `BuiltinOperator`; input and output order is
/// that schema's too.
public enum Operation: Sendable, Hashable {
  /// An operator whose operands say everything.
  case plain(PlainOperation)
  /// One result element for each operand element.
  case unary(UnaryOperation)
  /// Two operands, broadcast against each other.
  case binary(BinaryOperation, activation: Activation)
  /// Two operands, broadcast against each other; the result is bool.
  case compare(Comparison)
  /// Inputs: value, axes.
  case reduce(Reduction, keepsDimensions: Bool)
  case activate(ActivationFunction)
  case averagePool2D(Window2D)
  case l2Pool2D(Window2D)
  case maxPool2D(Window2D)
  /// Inputs: left and right, [..., rows, columns] each.
  case batchMatMul(BatchMatMul)
  case bucketize(boundaries: [Float])
  case concatenation(axis: Int, activation: Activation)
  /// Inputs: activations NHWC, weights OHWI, optional bias.
  case conv2D(Convolution2D)
  /// Inputs: activations NDHWC, weights DHWIO, optional bias.
  case conv3D(Convolution3D)
  /// Inputs: output shape, weights DHWOI, activations NDHWC, optional bias.
  case conv3DTranspose(Convolution3D)
  /// Inputs: value, axis.
  case cumulativeSum(isExclusive: Bool, isReversed: Bool)
  /// Inputs: activations NHWC, weights 1HW(C * multiplier), optional bias.
  case depthwiseConv2D(Convolution2D, depthMultiplier: Int)
  case depthToSpace(blockSize: Int)
  case dequantize
  case fakeQuantize(FakeQuantization)
  /// Inputs: activations, weights [units, depth], optional bias.
  case fullyConnected(
    activation: Activation, keepsDimensions: Bool, quantizesInputsAsymmetrically: Bool = false)
  /// Inputs: value, indices.
  case gather(axis: Int, batchAxisCount: Int)
  case gelu(isApproximate: Bool)
  case l2Normalization
  case leakyReLU(slope: Float)
  case localResponseNormalization(LocalResponseNormalization)
  case logistic
  /// Inputs: value, paddings. Symmetric repeats the border element, reflect does not.
  case mirrorPad(isSymmetric: Bool)
  /// Inputs: indices, depth, on value, off value.
  case oneHot(axis: Int)
  case pack(axis: Int)
  case quantize
  /// Inputs: value, optional shape, which counts before the attribute.
  case reshape(shape: [Int]?)
  /// Inputs: image NHWC, size.
  case resize(ResizeMethod, alignsCorners: Bool, usesHalfPixelCenters: Bool)
  /// Inputs: value, lengths.
  case reverseSequence(sequenceAxis: Int, batchAxis: Int)
  /// Inputs: see `LSTMPlaces`; of the basic form input, activation, weights, bias, state.
  case lstm(LSTMAttributes)
  case unidirectionalSequenceLSTM(LSTMAttributes)
  case bidirectionalSequenceLSTM(LSTMAttributes)
  /// Inputs: value, input weights, recurrent weights, bias, state.
  case rnn(RNNAttributes)
  case unidirectionalSequenceRNN(RNNAttributes)
  /// Inputs: value, four of each direction as above, second input and its weights.
  case bidirectionalSequenceRNN(RNNAttributes)
  /// A step of an audio front end.
  case signal(SignalOperation)
  case softmax(beta: Float)
  /// Inputs: value, weights over features, weights over time, optional bias, state.
  case svdf(SVDFAttributes)
  /// Inputs: output shape, weights OHWI, activations NHWC, optional bias.
  case transposeConv2D(Convolution2D)
  case spaceToDepth(blockSize: Int)
  /// Inputs: axis, value. All parts are equal.
  case split(count: Int)
  /// Inputs: value, sizes, axis.
  case splitV(count: Int)
  /// The axes to drop; none stands for every axis of extent 1.
  case squeeze(axes: [Int])
  /// Inputs: value, begin, end, strides.
  case stridedSlice(StridedSlice)
  case unpack(axis: Int, count: Int)
  /// Runs a subgraph once in the life of an interpreter.
  case callOnce(subgraph: Int)
  /// Inputs: condition, then the subgraph's inputs.
  case conditional(then: Int, otherwise: Int)
  /// Runs a body for as long as a condition holds; inputs of both and outputs are the state.
  case whileLoop(condition: Int, body: Int)
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

/// `FAKE_QUANT`: rounds to the values that a quantized tensor could hold.
public struct FakeQuantization: Sendable, Hashable {
  public var minimum, maximum: Float
  public var bitCount: Int
  /// Whether the lowest stored value is unused.
  public var isNarrow: Bool

  /// - Parameter bitCount: 2 to 16.
  public init(minimum: Float, maximum: Float, bitCount: Int, isNarrow: Bool) {
    self.minimum = minimum
    self.maximum = maximum
    self.bitCount = bitCount
    self.isNarrow = isNarrow
  }
}
