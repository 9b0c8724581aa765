/// Convolutions, matrix products and pools.
extension ONNXGraphBuilder {
  private func pads(_ vertical: WindowAxis?, _ horizontal: WindowAxis?) -> [Int] {
    guard let vertical, let horizontal else { preconditionFailure("an invalid window") }
    return [
      vertical.paddingBefore, horizontal.paddingBefore, vertical.paddingAfter,
      horizontal.paddingAfter,
    ]
  }

  mutating func addConvolution(_ op: Operator, _ convolution: Convolution2D) {
    guard let input = op.inputs[0], let weights = op.inputs[1] else { return }
    let (source, filter) = (self.source.tensors[input].shape, self.source.tensors[weights].shape)
    let isDepthwise = if case .depthwiseConv2D = op.operation { true } else { false }
    let pads = pads(
      WindowAxis(
        input: source[1], filter: filter[1], stride: convolution.strideHeight,
        dilation: convolution.dilationHeight, padding: convolution.padding),
      WindowAxis(
        input: source[2], filter: filter[2], stride: convolution.strideWidth,
        dilation: convolution.dilationWidth, padding: convolution.padding))
    let inputs =
      [
        real(input, .channelsFirst),
        self.weights(
          weights, order: isDepthwise ? [3, 0, 1, 2] : [0, 3, 1, 2],
          channelAxis: isDepthwise ? 3 : 0),
      ] + bias(op, at: 2)
    let value = append(
      "Conv", inputs,
      [
        .ints("dilations", [convolution.dilationHeight, convolution.dilationWidth]),
        .int("group", isDepthwise ? source[3] : source[3] / filter[3]),
        .ints("kernel_shape", [filter[1], filter[2]]), .ints("pads", pads),
        .ints("strides", [convolution.strideHeight, convolution.strideWidth]),
      ])
    write(activated(value, convolution.activation), to: op.outputs[0], .channelsFirst)
  }

  mutating func addTransposedConvolution(
    _ op: Operator, _ convolution: Convolution2D, place: String
  ) throws(ModelError) {
    guard let weights = op.inputs[1], let input = op.inputs[2] else { return }
    let (source, filter) = (self.source.tensors[input].shape, self.source.tensors[weights].shape)
    let target = self.source.tensors[op.outputs[0]].shape
    let strides = [convolution.strideHeight, convolution.strideWidth]
    let cut = [0, 1].map {
      (source[$0 + 1] - 1) * strides[$0] + filter[$0 + 1] - target[$0 + 1]
    }
    guard cut.allSatisfy({ $0 >= 0 }) else {
      throw ModelError(
        place: place, found: "an output that is larger than what the filter reaches",
        expected: "one that it fills, for ONNX")
    }
    let inputs =
      [real(input, .channelsFirst), self.weights(weights, order: [3, 0, 1, 2], channelAxis: 0)]
      + bias(op, at: 3)
    let value = append(
      "ConvTranspose", inputs,
      [
        .ints("kernel_shape", [filter[1], filter[2]]), .ints("strides", strides),
        .ints("pads", cut.map { $0 / 2 } + cut.map { $0 - $0 / 2 }),
      ])
    write(activated(value, convolution.activation), to: op.outputs[0], .channelsFirst)
  }

  mutating func addPool(_ op: Operator, _ window: Window2D, type: String) {
    guard let input = op.inputs[0] else { return }
    let shape = source.tensors[input].shape
    var attributes: [ONNXAttribute] = [
      .ints("kernel_shape", [window.filterHeight, window.filterWidth]),
      .ints("strides", [window.strideHeight, window.strideWidth]),
      .ints(
        "pads",
        pads(
          WindowAxis(
            input: shape[1], filter: window.filterHeight, stride: window.strideHeight, dilation: 1,
            padding: window.padding),
          WindowAxis(
            input: shape[2], filter: window.filterWidth, stride: window.strideWidth, dilation: 1,
            padding: window.padding))),
    ]
    if type == "AveragePool" { attributes.append(.int("count_include_pad", 0)) }
    let value = append(type, [real(input, .channelsFirst)], attributes)
    write(activated(value, window.activation), to: op.outputs[0], .channelsFirst)
  }

  mutating func addFullyConnected(_ op: Operator, _ activation: Activation) {
    guard let input = op.inputs[0], let weights = op.inputs[1] else { return }
    let depth = source.tensors[weights].shape[1]
    let target = source.tensors[op.outputs[0]].shape
    var value = real(input, .rows)
    if source.tensors[input].shape.rank != 2 || source.tensors[input].shape[1] != depth {
      value = append("Reshape", [value, integers([-1, depth])])
    }
    let inputs = [value, self.weights(weights, order: [0, 1], channelAxis: 0)] + bias(op, at: 2)
    value = append("Gemm", inputs, [.int("transB", 1)])
    if target.rank != 2 { value = append("Reshape", [value, integers(target.dimensions)]) }
    write(activated(value, activation), to: op.outputs[0], .rows)
  }

  mutating func addMatrixProduct(_ op: Operator, _ product: BatchMatMul) {
    let transposes = [product.transposesLeft, product.transposesRight]
    var operands: [String] = []
    for (place, tensor) in op.inputs.enumerated() {
      guard let tensor else { return }
      var value = real(tensor, .rows)
      let rank = source.tensors[tensor].shape.rank
      if transposes[place] {
        let order = Array(0..<rank - 2) + [rank - 1, rank - 2]
        value = append("Transpose", [value], [.ints("perm", order)])
      }
      operands.append(value)
    }
    write(append("MatMul", operands), to: op.outputs[0], .rows)
  }

  // MARK: Constants

  /// Weights with their axes in this order, real ones.
  private mutating func weights(_ index: Int, order: [Int], channelAxis: Int) -> String {
    let tensor = source.tensors[index]
    guard let data = tensor.constant else {
      let value = real(index, .rows)
      return order == Array(order.indices)
        ? value : append("Transpose", [value], [.ints("perm", order)])
    }
    let isPacked = tensor.elementType == .int4
    let count = tensor.shape.elementCount
    let bytes = data.withBytes { packed in
      isPacked ? (0..<count).map { packed.nibble(at: $0) } : Array(packed)
    }
    let type = isPacked ? .int8 : tensor.elementType
    let shape = Shape(order.map { tensor.shape[$0] })
    let moved = Transposition(order, of: tensor.shape.dimensions).apply(
      bytes, elementSize: type.bitWidth / 8)
    let stored = constant(moved, type, shape, isNibble: isPacked)
    guard let quantization = tensor.quantization, type != .float32 else { return stored }
    let axis = order.firstIndex(of: channelAxis) ?? 0
    return dequantized(stored, quantization, axis: axis, type: type, isNibble: isPacked)
  }

  private mutating func dequantized(
    _ stored: String, _ quantization: Quantization, axis: Int, type: ElementType, isNibble: Bool
  ) -> String {
    let count = quantization.scales.count
    let shape: Shape = count == 1 ? [] : [count]
    let zeros = quantization.zeroPoints
    let zeroPoints =
      type == .uint8
      ? constant(zeros.map { UInt8($0) }, type, shape)
      : constant(zeros.map { Int8($0) }, type, shape, isNibble: isNibble)
    return append(
      "DequantizeLinear", [stored, constant(quantization.scales, .float32, shape), zeroPoints],
      [.int("axis", axis)])
  }

  /// No input when there is no bias.
  private mutating func bias(_ op: Operator, at place: Int) -> [String] {
    guard op.inputs.count > place, let index = op.inputs[place] else { return [] }
    let tensor = source.tensors[index]
    guard let quantization = tensor.quantization, let integers = tensor.integers else {
      return [real(index, .rows)]
    }
    guard tensor.elementType == .int32 else {
      // DequantizeLinear knows no int64.
      let scales = quantization.scales
      let values = integers.enumerated().map {
        Float(Double($1) * Double(scales[scales.count == 1 ? 0 : $0]))
      }
      return [constant(values, .float32, tensor.shape)]
    }
    let stored = constant(integers.map { Int32($0) }, .int32, tensor.shape)
    let shape: Shape = quantization.scales.count == 1 ? [] : [quantization.scales.count]
    return [
      append(
        "DequantizeLinear", [stored, constant(quantization.scales, .float32, shape)],
        [.int("axis", 0)])
    ]
  }

  /// A value behind a fused activation.
  mutating func activated(_ value: String, _ activation: Activation) -> String {
    switch activation {
    case .none: value
    case .relu: append("Relu", [value])
    case .relu6: append("Clip", [value, scalar(0), scalar(6)])
    case .reluMinus1To1: append("Clip", [value, scalar(-1), scalar(1)])
    }
  }
}
