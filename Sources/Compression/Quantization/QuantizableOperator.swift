import NeuralNetworks

/// What the 8-bit specification of TensorFlow Lite asks of an operator's operands.
///
/// Source: "LiteRT 8-bit quantization specification".
enum QuantizableOperator {
  /// A product with weights: scales of its own, and a bias in the scale of the sums.
  case weighted(WeightPlaces)
  /// Moves or selects elements: values keep the scale that they have.
  case sameScale
  /// The result lies in a range that is known beforehand.
  case fixed(int8: Quantization, int16: Quantization)
  /// Any scale goes for any operand.
  case free

  init(_ operation: Operation) {
    if let places = WeightPlaces(operation) {
      self = .weighted(places)
      return
    }
    switch operation {
    case .softmax, .logistic:
      self = .fixed(
        int8: Quantization(scale: 1 / 256, zeroPoint: -128),
        int16: Quantization(scale: 1 / 32_768, zeroPoint: 0))
    case .activate(.tanh):
      self = .fixed(
        int8: Quantization(scale: 1 / 128, zeroPoint: 0),
        int16: Quantization(scale: 1 / 32_768, zeroPoint: 0))
    case .l2Normalization:
      self = .fixed(
        int8: Quantization(scale: 1 / 128, zeroPoint: 0),
        int16: Quantization(scale: 1 / 32_768, zeroPoint: 0))
    case .plain(.logSoftmax):
      self = .fixed(
        int8: Quantization(scale: 16 / 256, zeroPoint: 127),
        int16: Quantization(scale: 16 / 65_536, zeroPoint: 0))
    case .averagePool2D, .maxPool2D, .concatenation, .reshape, .squeeze, .mirrorPad, .pack,
      .unpack, .split, .splitV, .stridedSlice, .gather, .resize, .depthToSpace, .spaceToDepth,
      .reverseSequence, .binary(.maximum, _), .binary(.minimum, _), .reduce(.maximum, _),
      .reduce(.minimum, _):
      self = .sameScale
    case .plain(let plain): self = Self.movements.contains(plain) ? .sameScale : .free
    default: self = .free
    }
  }

  private static let movements: Set<PlainOperation> = [
    .batchToSpace, .broadcastTo, .dynamicUpdateSlice, .expandDimensions, .gatherND, .pad,
    .padWithValue, .reverse, .select, .selectBroadcast, .slice, .spaceToBatch, .tile, .topK,
    .transpose,
  ]
}

/// Where an operator has its activations, weights and bias.
struct WeightPlaces {
  let value, weights, bias: Int
  /// The axis of the weights that output channels run along.
  let channelAxis: Int
  /// The axis that input channels run along; that of the output channels when each has one input.
  let inputAxis: Int

  init?(_ operation: Operation) {
    weights = 1
    switch operation {
    case .conv2D: (value, bias, channelAxis, inputAxis) = (0, 2, 0, 3)
    case .depthwiseConv2D: (value, bias, channelAxis, inputAxis) = (0, 2, 3, 3)
    case .fullyConnected: (value, bias, channelAxis, inputAxis) = (0, 2, 0, 1)
    case .transposeConv2D: (value, bias, channelAxis, inputAxis) = (2, 3, 0, 3)
    default: return nil
    }
  }

  /// The operator's bias tensor.
  func bias(of op: Operator) -> Int? { op.inputs.count > bias ? op.inputs[bias] : nil }
}
