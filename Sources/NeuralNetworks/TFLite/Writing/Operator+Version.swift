/// The version of an operator that its operands need: runtimes refuse files whose versions they do
/// not know.
///
/// Source: `tools/versioning/op_version.cc` of LiteRT.
extension Operator {
  func version(in subgraph: Subgraph) -> Int {
    let operands = OperandTypes(self, in: subgraph)
    return switch operation {
    case .conv2D: convolutionVersion(operands, in: subgraph)
    case .depthwiseConv2D(let convolution, _): operands.depthwiseVersion(convolution)
    case .fullyConnected(_, let keepsDimensions, let isAsymmetric):
      fullyConnectedVersion(
        operands, keepsDimensions: keepsDimensions, isAsymmetric: isAsymmetric, in: subgraph)
    case .transposeConv2D(let convolution):
      transposedVersion(operands, convolution, in: subgraph)
    case .batchMatMul(let product) where operands.isHybrid:
      product.quantizesInputsAsymmetrically ? 4 : 1
    case .svdf, .rnn, .lstm, .unidirectionalSequenceLSTM, .unidirectionalSequenceRNN,
      .bidirectionalSequenceLSTM, .bidirectionalSequenceRNN:
      operands.recurrentVersion(operation)
    case .dequantize: operands.dequantizeVersion
    case .quantize: operands.quantizeVersion
    case .binary(let binary, _): operands.binaryVersion(binary)
    case .gather(_, let batchAxisCount) where batchAxisCount != 0: 5
    case .resize(let method, let alignsCorners, let usesHalfPixelCenters)
    where operands.first != .int16
      && (usesHalfPixelCenters || alignsCorners && method == .nearest):
      3
    case .stridedSlice(let slice): operands.stridedSliceVersion(slice)
    case .fakeQuantize(let options): options.isNarrow ? 2 : 1
    case .split: [.int16: 4, .int32: 3, .int8: 2][operands.second] ?? 1
    default: operands.plainVersion(operation.name)
    }
  }

  private func convolutionVersion(_ operands: OperandTypes, in subgraph: Subgraph) -> Int {
    if hasNarrowBias(at: 2, in: subgraph) { return 8 }
    if operands.isGrouped { return 6 }
    switch (operands.first, operands.second) {
    case (.int16, .int8): return 4
    case (.int8, .int8): return 3
    case (.int8, .int4): return 7
    case (.float32, .int8): return operands.isPerChannel ? 5 : 2
    default: return 1
    }
  }

  private func fullyConnectedVersion(
    _ operands: OperandTypes, keepsDimensions: Bool, isAsymmetric: Bool, in subgraph: Subgraph
  ) -> Int {
    if operands.isHybrid, operands.isPerChannel { return 12 }
    if hasNarrowBias(at: 2, in: subgraph) { return 11 }
    if operands.first == .int16 { return 7 }
    if inputs.count == 2 { return 6 }
    if operands.second == .int4 { return 10 }
    if keepsDimensions { return 5 }
    if operands.first == .int8 { return 4 }
    return operands.isHybrid ? (isAsymmetric ? 9 : 3) : 1
  }

  private func transposedVersion(
    _ operands: OperandTypes, _ convolution: Convolution2D, in subgraph: Subgraph
  ) -> Int {
    if hasNarrowBias(at: 3, in: subgraph) { return 5 }
    if convolution.activation != .none { return 4 }
    if inputs.count == 4, inputs[3] != nil { return 3 }
    return operands.second == .int8 ? 2 : 1
  }
}

/// What decides an operator's version: element types, ranks and quantization of its operands.
private struct OperandTypes {
  let types: [ElementType?]
  let outputs: [ElementType]
  let shapes: [Shape]
  let quantizations: [Quantization?]
  let outputQuantization: Quantization?

  init(_ op: Operator, in subgraph: Subgraph) {
    types = op.inputs.map { $0.map { subgraph.tensors[$0].elementType } }
    outputs = op.outputs.map { subgraph.tensors[$0].elementType }
    shapes = op.inputs.map { $0.map { subgraph.tensors[$0].shape } ?? [] }
    quantizations = op.inputs.map { $0.flatMap { subgraph.tensors[$0].quantization } }
    outputQuantization = op.outputs.first.flatMap { subgraph.tensors[$0].quantization }
  }

  private func type(_ index: Int) -> ElementType? { types.indices ~= index ? types[index] : nil }

  var first: ElementType? { type(0) }
  /// Of weights, mostly. Resource handles stand for "none": nothing computes with them.
  var second: ElementType { type(1) ?? .resource }
  var isPerChannel: Bool { quantizations.count > 1 && quantizations[1]?.isPerChannel == true }
  /// Whether activations of float meet weights of int8.
  var isHybrid: Bool { first == .float32 && second == .int8 && outputs.first == .float32 }
  /// Whether filters see a part of the channels.
  var isGrouped: Bool { shapes[0].rank == 4 && shapes[1].rank == 4 && shapes[0][3] != shapes[1][3] }
  private var isBroadcast: Bool { shapes.count > 1 && shapes[0] != shapes[1] }
  private var rank: Int { shapes.map(\.rank).max() ?? 0 }

  func depthwiseVersion(_ convolution: Convolution2D) -> Int {
    switch (first, second) {
    case (.int16, .int8): 5
    case (.float32, .int8): isPerChannel ? 6 : 4
    case (.int8, .int8): 3
    case (.int8, .int4): 7
    default: convolution.dilationWidth != 1 || convolution.dilationHeight != 1 ? 2 : 1
    }
  }

  var dequantizeVersion: Int {
    switch first {
    case .int4: 6
    case .int16, .float16: 3
    case .int8: quantizations[0]?.isPerChannel == true ? 5 : 2
    default: 1
    }
  }

  var quantizeVersion: Int {
    if first == .int4 || outputs.first == .int4 { return 4 }
    if outputQuantization?.isPerChannel == true { return 3 }
    return outputs.first == .int16 ? 2 : 1
  }

  func stridedSliceVersion(_ slice: StridedSlice) -> Int {
    if slice.endIsOffset { return 8 }
    if first == .uint32 { return 7 }
    if slice.ellipsisMask != 0 || slice.newAxisMask != 0 { return 6 }
    if shapes[0].rank > 4 { return 4 }
    return [.bool: 3, .int8: 2][first ?? .resource] ?? 1
  }

  func binaryVersion(_ operation: BinaryOperation) -> Int {
    let isQuantized = quantizations[0] != nil
    switch (operation, first) {
    case (.add, .int16): return isQuantized ? 3 : 5
    case (.multiply, .int16): return isQuantized ? 4 : 7
    case (.add, .int64), (.subtract, .int64): return 4
    case (.multiply, .int64): return 5
    case (.multiply, .uint32): return 7
    case (.subtract, .int16) where isQuantized: return 5
    case (.maximum, .int16), (.minimum, .int16): return 4
    case (.divide, _): return isBroadcast && rank > 4 ? 2 : 1
    case (.subtract, _) where isBroadcast && rank > 4: return 3
    case (.maximum, _) where isBroadcast && rank > 4: return 3
    case (.minimum, _) where isBroadcast && rank > 4: return 3
    case (.multiply, .int8), (.multiply, .uint8): return multiplyVersion
    default: return plainVersion(operation.rawValue)
    }
  }

  /// Products may be larger than the result's scale says only since version 3.
  private var multiplyVersion: Int {
    guard let left = quantizations[0], let right = quantizations[1], let result = outputQuantization
    else { return first == .int8 ? 2 : 1 }
    return left.scale * right.scale / result.scale >= 1 ? 3 : first == .int8 ? 2 : 1
  }

  /// Hybrid and whole-number forms came later.
  func recurrentVersion(_ operation: Operation) -> Int {
    // The first input of an LSTM's weights may be absent.
    let isHybrid = first == .float32 && (second == .int8 || type(2) == .int8)
    switch operation {
    case .lstm(let lstm):
      if lstm.isBasic { return 2 }
      if first == .int16 { return 5 }
      return isHybrid ? (lstm.quantizesInputsAsymmetrically ? 4 : 3) : 1
    case .unidirectionalSequenceLSTM(let lstm):
      if first == .int16 { return 5 }
      return isHybrid ? (lstm.quantizesInputsAsymmetrically ? 3 : 2) : 1
    case .svdf(let svdf):
      if first == .int8 { return 3 }
      return isHybrid ? (svdf.quantizesInputsAsymmetrically ? 4 : 2) : 1
    case .bidirectionalSequenceLSTM(let lstm):
      return isHybrid ? (lstm.quantizesInputsAsymmetrically ? 3 : 2) : 1
    case .rnn(let rnn), .unidirectionalSequenceRNN(let rnn), .bidirectionalSequenceRNN(let rnn):
      return isHybrid ? (rnn.quantizesInputsAsymmetrically ? 3 : 2) : 1
    default: return 1
    }
  }

  /// Operators whose first operand's type alone decides, and those that stay at 1.
  func plainVersion(_ name: String) -> Int {
    if (name == "PAD" || name == "PADV2" || name == "TRANSPOSE"), rank > 4 {
      return name == "TRANSPOSE" && rank > 5 ? 6 : 4
    }
    if name.hasSuffix("_TO_BATCH_ND") || name.hasSuffix("_TO_SPACE_ND"), first == .float32 {
      return shapes[0].rank == 4 ? 1 : 3
    }
    if name == "SLICE", rank > 4 { return 5 }
    if name == "L2_NORMALIZATION" { return outputs.first == .int8 ? 2 : 1 }
    if name == "CAST" { return castVersion }
    return Self.versions[name]?[first ?? .resource] ?? (name == "BROADCAST_TO" ? 2 : 1)
  }

  private var castVersion: Int {
    let types = [first ?? .resource, outputs.first ?? .resource]
    if types[0] == .int4, types[1] == .float32 { return 6 }
    if types.contains(.float64) || types.contains(.float16) { return 5 }
    if types.contains(.uint16) { return 4 }
    if types.contains(.int8) { return 3 }
    return types.contains(.uint32) ? 2 : 1
  }

  private static let versions: [String: [ElementType: Int]] = Dictionary(
    uniqueKeysWithValues: groups.flatMap { group in group.0.map { ($0, group.1) } })

  private static let groups: [([String], [ElementType: Int])] = [
    (
      [
        "MAX_POOL_2D", "AVERAGE_POOL_2D", "TANH", "LOGISTIC", "PAD", "PADV2", "SOFTMAX", "MEAN",
        "MIRROR_PAD", "REDUCE_MAX", "REDUCE_MIN", "RELU6", "RSQRT", "LESS", "GREATER_EQUAL",
        "TOPK_V2",
      ], [.int16: 3, .int8: 2]
    ),
    (["CONCATENATION"], [.uint32: 4, .int16: 3, .int8: 2]),
    (["RELU"], [.int16: 3, .int8: 2, .uint8: 2]),
    (["PACK"], [.int16: 3, .int8: 2, .uint32: 4]),
    (["RESIZE_BILINEAR", "RESIZE_NEAREST_NEIGHBOR"], [.int16: 4, .int8: 2]),
    (["SPACE_TO_BATCH_ND", "BATCH_TO_SPACE_ND"], [.int16: 4, .int8: 2]),
    (["TRANSPOSE"], [.int16: 5, .bool: 3, .int8: 2]),
    (["SLICE"], [.uint32: 6, .int16: 4, .int8: 2]),
    (["GATHER"], [.int4: 7, .int16: 4, .bool: 3, .int8: 2]),
    (["GATHER_ND"], [.bool: 5, .int16: 3]),
    (["UNPACK"], [.int8: 2, .uint8: 2, .bool: 3, .int16: 4]),
    (["REVERSE_V2"], [.int8: 3, .bool: 2]),
    (["TILE"], [.int8: 3]),
    (["ABS"], [.int32: 5, .int16: 3, .int8: 2, .uint8: 2]),
    (["EQUAL"], [.int16: 4, .int8: 2]),
    (["ARG_MAX", "ARG_MIN"], [.bool: 3, .int8: 2]),
    (["BATCH_MATMUL"], [.int16: 3, .int8: 2]),
    (["LEAKY_RELU"], [.int16: 2]),
    (["RANGE"], [.int64: 2]),
    (["SIGN"], [.int32: 2]),
    (["SELECT_V2"], [.uint32: 2]),
    (["FLOOR_DIV"], [.int16: 3, .int8: 3, .float32: 2]),
    (["FLOOR_MOD"], [.int16: 2, .int8: 2]),
    (["EXP", "LOG", "REDUCE_PROD"], [.int8: 2, .int16: 2]),
    (["BROADCAST_TO"], [.int8: 3, .int16: 3]),
    (["GELU"], [.int8: 2, .uint8: 2]),
    (
      [
        "ADD", "SUB", "MAXIMUM", "MINIMUM", "NOT_EQUAL", "SPACE_TO_DEPTH", "SPLIT_V", "SUM",
        "LOG_SOFTMAX", "GREATER", "LESS_EQUAL", "SQUARED_DIFFERENCE", "DEPTH_TO_SPACE",
      ], [.int8: 2]
    ),
  ]
}
