/// Operators that slide a window, and matrix products.
extension OperatorCheck {
  func convolvedType() throws(ModelError) -> [TensorType] {
    switch op.operation {
    case .conv2D(let convolution): try convolvedType(convolution, depthMultiplier: nil)
    case .depthwiseConv2D(let convolution, let multiplier):
      try convolvedType(convolution, depthMultiplier: multiplier)
    default: []
    }
  }

  private func convolvedType(
    _ convolution: Convolution2D, depthMultiplier: Int?
  ) throws(ModelError) -> [TensorType] {
    let source = try input(0).shape
    let weights = try input(1).shape
    try require(source.rank == 4 && weights.rank == 4, "four axes of input and weights")
    let channels = depthMultiplier == nil ? weights[0] : weights[3]
    if let depthMultiplier {
      let (expected, overflow) = source[3].multipliedReportingOverflow(by: depthMultiplier)
      try require(
        !overflow && depthMultiplier > 0 && weights[0] == 1 && weights[3] == expected,
        "weights [1, height, width, input channels x \(depthMultiplier)]")
    } else {
      // Fewer channels than the input's make it a grouped convolution.
      let groups = source[3] / max(weights[3], 1)
      try require(
        groups > 0 && groups * weights[3] == source[3] && weights[0] % groups == 0,
        "weights for \(source[3]) input channels, or equal groups of them")
    }
    let height = WindowAxis(
      input: source[1], filter: weights[1], stride: convolution.strideHeight,
      dilation: convolution.dilationHeight, padding: convolution.padding)
    let width = WindowAxis(
      input: source[2], filter: weights[2], stride: convolution.strideWidth,
      dilation: convolution.dilationWidth, padding: convolution.padding)
    try checkBias(channels: channels)
    try checkWeightTypes(channelAxis: depthMultiplier == nil ? 0 : 3)
    return try windowedType(height, width, channels: channels)
  }

  func pooledType() throws(ModelError) -> [TensorType] {
    let window: Window2D
    switch op.operation {
    case .averagePool2D(let average): window = average
    case .maxPool2D(let maximum): window = maximum
    case .l2Pool2D(let root): window = root
    default: return []
    }
    let source = try input(0).shape
    try require(source.rank == 4, "four axes")
    let height = WindowAxis(
      input: source[1], filter: window.filterHeight, stride: window.strideHeight, dilation: 1,
      padding: window.padding)
    let width = WindowAxis(
      input: source[2], filter: window.filterWidth, stride: window.strideWidth, dilation: 1,
      padding: window.padding)
    return try windowedType(height, width, channels: source[3])
  }

  private func windowedType(
    _ height: WindowAxis?, _ width: WindowAxis?, channels: Int
  ) throws(ModelError) -> [TensorType] {
    guard let height, let width else {
      throw failure(
        found: "\(op.operation)", expected: "strides, dilations and windows from 1 to 65535")
    }
    let source = try input(0)
    let extents = [source.shape[0], height.output, width.output, channels]
    return [.init(source.elementType, try shape(extents))]
  }

  /// The first axes of the input, or one for all of them, and the units.
  func fullyConnectedType() throws(ModelError) -> [TensorType] {
    guard case .fullyConnected(_, let keepsDimensions, _) = op.operation else { return [] }
    let weights = try input(1).shape
    try require(weights.rank == 2, "weights with two axes")
    let source = try input(0)
    let count = source.shape.elementCount
    try require(count % weights[1] == 0, "a multiple of \(weights[1]) input elements")
    try checkBias(channels: weights[0])
    try checkWeightTypes(channelAxis: 0)
    if keepsDimensions {
      try require(source.shape.dimensions.last == weights[1], "a last extent of \(weights[1])")
      let extents = Array(source.shape.dimensions.dropLast()) + [weights[0]]
      return [.init(source.elementType, try shape(extents))]
    }
    return [.init(source.elementType, try shape([count / weights[1], weights[0]]))]
  }

  func checkBias(channels: Int, input: Int = 2) throws(ModelError) {
    guard let bias = optionalInput(input) else { return }
    try require(bias.shape.elementCount == channels, "a bias of \(channels) elements")
  }
}

/// How a window moves along one axis, as TensorFlow defines SAME and VALID.
public struct WindowAxis: Sendable, Equatable {
  /// Positions of the window.
  public let output: Int
  /// Elements of padding before the first one.
  public let paddingBefore: Int
  /// Elements of padding behind the last one.
  public let paddingAfter: Int

  /// Nil when an extent is out of range, or the window does not fit.
  public init?(input: Int, filter: Int, stride: Int, dilation: Int, padding: Padding) {
    let range = 1...65_535
    guard range.contains(filter), range.contains(stride), range.contains(dilation), input > 0 else {
      return nil
    }
    let reach = (filter - 1) * dilation + 1
    switch padding {
    case .same:
      output = (input + stride - 1) / stride
      let all = max(0, (output - 1) * stride + reach - input)
      (paddingBefore, paddingAfter) = (all / 2, all - all / 2)
    case .valid:
      guard reach <= input else { return nil }
      output = (input - reach) / stride + 1
      (paddingBefore, paddingAfter) = (0, 0)
    }
  }
}
