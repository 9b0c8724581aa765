/// Operators that slide a window, and matrix products.
extension OperatorCheck {
  func checkConvolution(
    _ convolution: Convolution2D, depthMultiplier: Int?
  ) throws(ModelError) {
    let source = try input(0).shape
    let weights = try input(1).shape
    let result = output(0).shape
    try require(
      source.rank == 4 && weights.rank == 4 && result.rank == 4, "four axes of input and weights")
    if let depthMultiplier {
      let (channels, overflow) = source[3].multipliedReportingOverflow(by: depthMultiplier)
      try require(
        !overflow && depthMultiplier > 0 && weights[0] == 1 && weights[3] == channels,
        "weights [1, height, width, input channels x \(depthMultiplier)]")
      try require(result[3] == channels, "\(channels) output channels")
    } else {
      try require(weights[3] == source[3], "weights for \(source[3]) input channels")
      try require(result[3] == weights[0], "\(weights[0]) output channels")
    }
    try require(result[0] == source[0], "one batch size")
    let height = WindowAxis(
      input: source[1], filter: weights[1], stride: convolution.strideHeight,
      dilation: convolution.dilationHeight, padding: convolution.padding)
    let width = WindowAxis(
      input: source[2], filter: weights[2], stride: convolution.strideWidth,
      dilation: convolution.dilationWidth, padding: convolution.padding)
    try checkAxes(height, width, result: result)
    try checkBias(channels: result[3])
    try checkWeightTypes(channelAxis: depthMultiplier == nil ? 0 : 3)
  }

  func checkPool(_ window: Window2D) throws(ModelError) {
    let source = try input(0).shape
    let result = output(0).shape
    try require(source.rank == 4 && result.rank == 4, "four axes")
    try require(result[0] == source[0] && result[3] == source[3], "equal batch and channels")
    let height = WindowAxis(
      input: source[1], filter: window.filterHeight, stride: window.strideHeight, dilation: 1,
      padding: window.padding)
    let width = WindowAxis(
      input: source[2], filter: window.filterWidth, stride: window.strideWidth, dilation: 1,
      padding: window.padding)
    try checkAxes(height, width, result: result)
    try checkSameType()
  }

  private func checkAxes(
    _ height: WindowAxis?, _ width: WindowAxis?, result: Shape
  ) throws(ModelError) {
    guard let height, let width else {
      throw ModelError(
        place: place, found: "\(op.operation)",
        expected: "strides, dilations and windows from 1 to 65535")
    }
    try require(
      result[1] == height.output && result[2] == width.output,
      "an output of \(height.output) x \(width.output)")
  }

  func checkFullyConnected() throws(ModelError) {
    let weights = try input(1).shape
    try require(weights.rank == 2, "weights with two axes")
    let count = try input(0).shape.elementCount
    try require(count % weights[1] == 0, "a multiple of \(weights[1]) input elements")
    try require(
      output(0).shape.elementCount == count / weights[1] * weights[0],
      "\(weights[0]) outputs for every \(weights[1]) inputs")
    try checkBias(channels: weights[0])
    try checkWeightTypes(channelAxis: 0)
  }

  private func checkBias(channels: Int) throws(ModelError) {
    guard let bias = optionalInput(2) else { return }
    try require(bias.shape.elementCount == channels, "a bias of \(channels) elements")
  }
}

/// How a window moves along one axis, as TensorFlow defines SAME and VALID.
public struct WindowAxis: Sendable, Equatable {
  /// Positions of the window.
  public let output: Int
  /// Elements of padding before the first one.
  public let paddingBefore: Int

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
      paddingBefore = max(0, (output - 1) * stride + reach - input) / 2
    case .valid:
      guard reach <= input else { return nil }
      output = (input - reach) / stride + 1
      paddingBefore = 0
    }
  }
}
