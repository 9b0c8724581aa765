/// Products beyond the plain convolutions: transposed, along three axes, batched.
extension OperatorDefinition {
  static let products = [
    OperatorDefinition(
      "TRANSPOSE_CONV", inputs: 3...4, class: .convolution, parameters: [0],
      read: { .transposeConv2D(try $0.transposedConvolution()) },
      rule: { try $0.transposedType() }),
    OperatorDefinition(
      "CONV_3D", inputs: 2...3, class: .convolution, read: { .conv3D(try $0.convolution3D()) },
      rule: { try $0.volumeType() }),
    OperatorDefinition(
      "CONV_3D_TRANSPOSE", inputs: 3...4, class: .convolution, parameters: [0],
      read: { .conv3DTranspose(try $0.convolution3D()) },
      rule: { try $0.transposedVolumeType() }),
    OperatorDefinition(
      "BATCH_MATMUL", inputs: 2...2, class: .fullyConnected,
      read: { .batchMatMul(try $0.batchMatMul()) }, rule: { try $0.matrixProductType() }),
  ]
}

extension OperatorCheck {
  /// The forward convolution from the output must be able to meet the input.
  fileprivate func transposedType() throws(ModelError) -> [TensorType]? {
    guard case .transposeConv2D(let convolution) = op.operation else { return nil }
    let (weights, source) = (try input(1).shape, try input(2))
    let result = try shape(try integers(0))
    try require(
      weights.rank == 4 && source.shape.rank == 4 && result.rank == 4, "four axes each")
    try require(
      weights[3] == source.shape[3] && weights[0] == result[3] && source.shape[0] == result[0],
      "weights [output channels, height, width, input channels] and one batch size")
    let height = WindowAxis(
      input: result[1], filter: weights[1], stride: convolution.strideHeight, dilation: 1,
      padding: convolution.padding)
    let width = WindowAxis(
      input: result[2], filter: weights[2], stride: convolution.strideWidth, dilation: 1,
      padding: convolution.padding)
    try require(height != nil && width != nil, "strides and windows that fit the output")
    try checkBias(channels: weights[0], input: 3)
    try checkWeightTypes(channelAxis: 0, value: 2, bias: 3)
    return [.init(source.elementType, result)]
  }

  fileprivate func volumeType() throws(ModelError) -> [TensorType]? {
    guard case .conv3D(let convolution) = op.operation else { return nil }
    let (source, weights) = (try input(0), try input(1).shape)
    try require(source.shape.rank == 5 && weights.rank == 5, "five axes of input and weights")
    try require(weights[3] == source.shape[4], "weights for \(source.shape[4]) input channels")
    let windows = windows(of: convolution, over: source.shape, weights)
    guard let extents = windows else { throw windowFailure(convolution) }
    try checkBias(channels: weights[4])
    try checkFloats()
    return [.init(.float32, try shape([source.shape[0]] + extents + [weights[4]]))]
  }

  fileprivate func transposedVolumeType() throws(ModelError) -> [TensorType]? {
    guard case .conv3DTranspose(let convolution) = op.operation else { return nil }
    let (weights, source) = (try input(1).shape, try input(2))
    let result = try shape(try integers(0))
    try require(
      weights.rank == 5 && source.shape.rank == 5 && result.rank == 5, "five axes each")
    try require(
      weights[4] == source.shape[4] && weights[3] == result[4] && source.shape[0] == result[0],
      "weights [depth, height, width, output channels, input channels] and one batch size")
    guard windows(of: convolution, over: result, weights) != nil else {
      throw windowFailure(convolution)
    }
    try checkBias(channels: weights[3], input: 3)
    try checkFloats(from: 1)
    return [.init(.float32, result)]
  }

  private func windows(
    of convolution: Convolution3D, over source: Shape, _ weights: Shape
  ) -> [Int]? {
    let steps = [
      (convolution.strideDepth, convolution.dilationDepth),
      (convolution.strideHeight, convolution.dilationHeight),
      (convolution.strideWidth, convolution.dilationWidth),
    ]
    var extents: [Int] = []
    for (axis, step) in steps.enumerated() {
      guard
        let window = WindowAxis(
          input: source[axis + 1], filter: weights[axis], stride: step.0, dilation: step.1,
          padding: convolution.padding)
      else { return nil }
      extents.append(window.output)
    }
    return extents
  }

  private func windowFailure(_ convolution: Convolution3D) -> ModelError {
    failure(
      found: "\(convolution)", expected: "strides, dilations and windows from 1 to 65535 that fit")
  }

  private func checkFloats(from first: Int = 0) throws(ModelError) {
    for index in first..<op.inputs.count {
      guard let tensor = optionalInput(index) else { continue }
      try require(tensor.elementType == .float32, "float32 operands")
    }
  }

  fileprivate func matrixProductType() throws(ModelError) -> [TensorType]? {
    guard case .batchMatMul(let attributes) = op.operation else { return nil }
    let (left, right) = (try input(0), try input(1))
    try require(left.shape.rank >= 2 && right.shape.rank >= 2, "matrices")
    let isHybrid = left.elementType == .float32 && right.elementType == .int8
    try require(left.elementType == right.elementType || isHybrid, "factors of one type")
    let (a, b) = (left.shape.dimensions, right.shape.dimensions)
    let (rows, depth) =
      attributes.transposesLeft
      ? (a[a.count - 1], a[a.count - 2]) : (a[a.count - 2], a[a.count - 1])
    let (rightDepth, columns) =
      attributes.transposesRight
      ? (b[b.count - 1], b[b.count - 2]) : (b[b.count - 2], b[b.count - 1])
    try require(depth == rightDepth, "factors that share an extent")
    let batches = try broadcast([try shape(a.dropLast(2)), try shape(b.dropLast(2))])
    return [.init(left.elementType, try shape(batches.dimensions + [rows, columns]))]
  }
}
