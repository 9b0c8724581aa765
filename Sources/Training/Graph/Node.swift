/// One differentiable operation.
struct Node: Sendable {
  enum Kind: Sendable {
    /// Parameters: weights [outputs, rows, columns, inputs], optional bias.
    case convolution(PatchGeometry, outputs: Int)
    /// Parameters: weights [rows, columns, channels], optional bias.
    case depthwise(PatchGeometry)
    /// Parameters: weights [outputs, inputs], optional bias. Applied to every row of a sample.
    case dense(rows: Int, inputs: Int, outputs: Int)
    /// Parameters: scale, shift, running mean, running variance.
    case batchNorm(channels: Int, epsilon: Float)
    case activation(DifferentiableActivation)
    /// Parameter: slopes, which repeat along leading axes.
    case parametricReLU
    case maxPool(PatchGeometry)
    /// Over the taps that lie on the input.
    case averagePool(PatchGeometry)
    /// Parameters: weights [outputs, rows, columns, inputs], optional bias. The window is that of
    /// the convolution from the output to the input.
    case transposedConvolution(PatchGeometry, inputs: Int)
    /// Parameters of all gates: weights [units, depth], recurrent weights [units, units], biases.
    case lstm(LSTMLayer)
    /// Parameters: weights [units, depth], recurrent weights [units, units], bias.
    case recurrent(SequenceGeometry, DifferentiableActivation?)
    /// Over the middle of three axes.
    case mean(outer: Int, count: Int, inner: Int)
    /// The second operand repeats along the first; both are values, or it is a constant parameter.
    case binary(BinaryArithmetic)
    /// Rows of each operand, written beside each other.
    case concatenate(rows: Int, widths: [Int])
    /// Zeros around [height, width, channels].
    case pad(PaddedImage)
    case reshape
    /// Elements of the operand in other places.
    case view(StridedView)
    /// No operand: the parameter, for every sample.
    case constant
    /// Every channel so many times: what a depth multiplier works on.
    case repeatChannels(Int)
    /// Over the last axis.
    case softmax(beta: Float, width: Int)
    case dropout(rate: Float)
    /// Rounds to the values that a quantized tensor could hold; see `FakeQuantizationScheme`.
    case fakeQuantize
  }

  var kind: Kind
  /// Values.
  var inputs: [Int]
  var output: Int
  /// Indices of parameters.
  var parameters: [Int] = []
  /// For messages: the operator or the layer.
  var place: String
}

enum BinaryArithmetic: Sendable { case add, subtract, multiply }

struct PaddedImage: Sendable {
  var height, width, channels: Int
  var top, left, bottom, right: Int
  var outputWidth: Int { width + left + right }
}

/// A window over one sample [height, width, channels].
struct PatchGeometry: Sendable {
  var inputHeight, inputWidth, channels: Int
  var outputHeight, outputWidth: Int
  var filterHeight, filterWidth: Int
  var strideHeight, strideWidth: Int
  var dilationHeight, dilationWidth: Int
  var paddingTop, paddingLeft: Int
  /// Whether the padding is that of `SAME`.
  var isSame: Bool

  var taps: Int { filterHeight * filterWidth }
  var pixels: Int { outputHeight * outputWidth }
  var inputCount: Int { inputHeight * inputWidth * channels }

  /// Whether patches are the input itself.
  var isPointwise: Bool {
    taps == 1 && strideHeight == 1 && strideWidth == 1 && paddingTop == 0 && paddingLeft == 0
  }

  /// Nil unless the window fits.
  init?(
    input: [Int], filter: (height: Int, width: Int), stride: (height: Int, width: Int),
    dilation: (height: Int, width: Int) = (1, 1), isSame: Bool
  ) {
    guard input.count == 3, filter.height > 0, filter.width > 0, stride.height > 0,
      stride.width > 0
    else { return nil }
    func axis(_ extent: Int, _ filter: Int, _ stride: Int, _ dilation: Int) -> (Int, Int)? {
      let reach = (filter - 1) * dilation + 1
      if isSame {
        let output = (extent + stride - 1) / stride
        return (output, max(0, (output - 1) * stride + reach - extent) / 2)
      }
      return extent >= reach ? ((extent - reach) / stride + 1, 0) : nil
    }
    guard let rows = axis(input[0], filter.height, stride.height, dilation.height),
      let columns = axis(input[1], filter.width, stride.width, dilation.width)
    else { return nil }
    (inputHeight, inputWidth, channels) = (input[0], input[1], input[2])
    (outputHeight, paddingTop) = rows
    (outputWidth, paddingLeft) = columns
    (filterHeight, filterWidth) = filter
    (strideHeight, strideWidth) = stride
    (dilationHeight, dilationWidth) = dilation
    self.isSame = isSame
  }

  /// Of a dense layer: every row is a patch.
  init(rows: Int, channels: Int) {
    (inputHeight, inputWidth, self.channels) = (rows, 1, channels)
    (outputHeight, outputWidth) = (rows, 1)
    (filterHeight, filterWidth, strideHeight, strideWidth) = (1, 1, 1, 1)
    (dilationHeight, dilationWidth, paddingTop, paddingLeft) = (1, 1, 0, 0)
    isSame = false
  }
}

/// Activation functions with a derivative.
public enum DifferentiableActivation: Sendable, Hashable {
  case relu, relu6, reluMinus1To1, tanh, logistic, elu, hardSwish
  case leakyReLU(slope: Float)
  case gelu
}
