/// The fields of an operator's options table: what `OperatorOptions` reads.
extension Operator {
  /// By field number of the options table that `TFLiteSchema.optionsType` names.
  func options(in subgraph: Subgraph) -> [Int: FlatBufferValue] {
    switch operation {
    case .plain(let operation): typeOptions(operation, in: subgraph)
    case .binary(let operation, let activation):
      binaryOptions(operation, activation, in: subgraph)
    case .reduce(_, let keepsDimensions): [0: .bool(keepsDimensions)]
    case .averagePool2D(let window), .l2Pool2D(let window), .maxPool2D(let window): window.options
    case .conv2D(let convolution):
      convolution.options(activationField: 3).merging(biasType(at: 2, field: 6, in: subgraph)) {
        $1
      }
    case .depthwiseConv2D(let convolution, let depthMultiplier):
      convolution.options(activationField: 4).merging([3: .int32(depthMultiplier)]) { $1 }
    case .fullyConnected(let activation, let keepsDimensions, let isAsymmetric):
      [
        0: .int8(activation.code), 2: .bool(keepsDimensions), 3: .bool(isAsymmetric),
      ].merging(biasType(at: 2, field: 4, in: subgraph)) { $1 }
    case .transposeConv2D(let convolution):
      [
        0: .int8(convolution.padding.code), 1: .int32(convolution.strideWidth),
        2: .int32(convolution.strideHeight), 3: .int8(convolution.activation.code),
      ].merging(biasType(at: 3, field: 4, in: subgraph)) { $1 }
    case .conv3D(let convolution), .conv3DTranspose(let convolution): convolution.options
    case .pack(let axis): [0: .int32(inputs.count), 1: .int32(axis)]
    default: operation.ownOptions
    }
  }

  /// Operators whose options repeat element types of their operands.
  private func typeOptions(
    _ operation: PlainOperation, in subgraph: Subgraph
  ) -> [Int: FlatBufferValue] {
    func code(_ tensor: Int) -> FlatBufferValue {
      .int8(TFLiteSchema.code(of: subgraph.tensors[tensor].elementType))
    }
    switch operation {
    case .argumentMaximum, .argumentMinimum, .shape: return [0: code(outputs[0])]
    case .unique: return [0: code(outputs[1])]
    case .cast: return [0: code(inputs[0] ?? 0), 1: code(outputs[0])]
    default: return [:]
    }
  }

  /// Scales of int16 sums are any, not powers of two as the schema's default says.
  private func binaryOptions(
    _ operation: BinaryOperation, _ activation: Activation, in subgraph: Subgraph
  ) -> [Int: FlatBufferValue] {
    guard operation.hasActivation else { return [:] }
    guard operation == .add || operation == .subtract else { return [0: .int8(activation.code)] }
    let isInt16 = subgraph.tensors[outputs[0]].elementType == .int16
    return [0: .int8(activation.code), 1: .bool(!isInt16)]
  }

  /// Products of int16 have biases of int64, unless the options say otherwise.
  private func biasType(
    at place: Int, field: Int, in subgraph: Subgraph
  ) -> [Int: FlatBufferValue] {
    guard hasNarrowBias(at: place, in: subgraph) else { return [:] }
    return [field: .int8(TFLiteSchema.code(of: .int32))]
  }

  /// Whether sums of int16 products begin with an int32.
  func hasNarrowBias(at place: Int, in subgraph: Subgraph) -> Bool {
    guard inputs.count > place, let bias = inputs[place],
      subgraph.tensors[outputs[0]].elementType == .int16
    else { return false }
    return subgraph.tensors[bias].elementType == .int32
  }
}

extension Operation {
  /// Options that depend on nothing but the operation.
  fileprivate var ownOptions: [Int: FlatBufferValue] {
    switch self {
    case .batchMatMul(let product):
      [
        0: .bool(product.transposesLeft), 1: .bool(product.transposesRight),
        2: .bool(product.quantizesInputsAsymmetrically),
      ]
    case .bucketize(let boundaries): [0: .floats(boundaries)]
    case .concatenation(let axis, let activation): [0: .int32(axis), 1: .int8(activation.code)]
    case .cumulativeSum(let isExclusive, let isReversed):
      [0: .bool(isExclusive), 1: .bool(isReversed)]
    case .depthToSpace(let size), .spaceToDepth(let size): [0: .int32(size)]
    case .fakeQuantize(let options):
      [
        0: .float(options.minimum), 1: .float(options.maximum), 2: .int32(options.bitCount),
        3: .bool(options.isNarrow),
      ]
    case .gather(let axis, let batchAxisCount): [0: .int32(axis), 1: .int32(batchAxisCount)]
    case .gelu(let isApproximate): [0: .bool(isApproximate)]
    case .leakyReLU(let slope): [0: .float(slope)]
    case .softmax(let beta): [0: .float(beta)]
    case .localResponseNormalization(let options):
      [
        0: .int32(options.radius), 1: .float(options.bias), 2: .float(options.scale),
        3: .float(options.exponent),
      ]
    case .mirrorPad(let isSymmetric): [0: .int8(isSymmetric ? 1 : 0)]
    case .oneHot(let axis): [0: .int32(axis)]
    case .reshape(let shape): shape.map { [0: .int32s($0)] } ?? [:]
    case .resize(let method, let alignsCorners, let usesHalfPixelCenters):
      // Sizes were options once.
      method == .bilinear
        ? [2: .bool(alignsCorners), 3: .bool(usesHalfPixelCenters)]
        : [0: .bool(alignsCorners), 1: .bool(usesHalfPixelCenters)]
    case .reverseSequence(let sequenceAxis, let batchAxis):
      [0: .int32(sequenceAxis), 1: .int32(batchAxis)]
    case .split(let count), .splitV(let count): [0: .int32(count)]
    case .squeeze(let axes): [0: .int32s(axes)]
    case .stridedSlice(let slice): slice.options
    case .unpack(let axis, let count): [0: .int32(count), 1: .int32(axis)]
    default: recurrentOptions ?? controlOptions
    }
  }

  private var recurrentOptions: [Int: FlatBufferValue]? {
    switch self {
    case .lstm(let lstm):
      lstm.clips.merging([
        3: .int8(lstm.isBasic ? 1 : 0), 4: .bool(lstm.quantizesInputsAsymmetrically),
      ]) { $1 }
    case .unidirectionalSequenceLSTM(let lstm):
      lstm.clips.merging([
        3: .bool(lstm.isTimeMajor), 4: .bool(lstm.quantizesInputsAsymmetrically),
      ]) { $1 }
    case .bidirectionalSequenceLSTM(let lstm):
      lstm.clips.merging([
        3: .bool(lstm.mergesOutputs), 4: .bool(lstm.isTimeMajor),
        5: .bool(lstm.quantizesInputsAsymmetrically),
      ]) { $1 }
    case .rnn(let rnn):
      [0: .int8(rnn.activation.code), 1: .bool(rnn.quantizesInputsAsymmetrically)]
    case .unidirectionalSequenceRNN(let rnn):
      [
        0: .bool(rnn.isTimeMajor), 1: .int8(rnn.activation.code),
        2: .bool(rnn.quantizesInputsAsymmetrically),
      ]
    case .bidirectionalSequenceRNN(let rnn):
      [
        0: .bool(rnn.isTimeMajor), 1: .int8(rnn.activation.code), 2: .bool(rnn.mergesOutputs),
        3: .bool(rnn.quantizesInputsAsymmetrically),
      ]
    case .svdf(let svdf):
      [
        0: .int32(svdf.rank), 1: .int8(svdf.activation.code),
        2: .bool(svdf.quantizesInputsAsymmetrically),
      ]
    default: nil
    }
  }

  private var controlOptions: [Int: FlatBufferValue] {
    switch self {
    case .callOnce(let subgraph): [0: .int32(subgraph)]
    case .conditional(let then, let otherwise): [0: .int32(then), 1: .int32(otherwise)]
    case .whileLoop(let condition, let body): [0: .int32(condition), 1: .int32(body)]
    case .varHandle(let name): [1: .string(name)]
    default: [:]
    }
  }
}
