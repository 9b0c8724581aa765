/// Codes of the schema's enumerations, and options that are attributes of ours as a whole.
extension Convolution2D {
  /// Dilations stand behind the activation.
  func options(activationField: Int) -> [Int: FlatBufferValue] {
    [
      0: .int8(padding.code), 1: .int32(strideWidth), 2: .int32(strideHeight),
      activationField: .int8(activation.code), activationField + 1: .int32(dilationWidth),
      activationField + 2: .int32(dilationHeight),
    ]
  }
}

extension Convolution3D {
  var options: [Int: FlatBufferValue] {
    [
      0: .int8(padding.code), 1: .int32(strideDepth), 2: .int32(strideWidth),
      3: .int32(strideHeight), 4: .int8(activation.code), 5: .int32(dilationDepth),
      6: .int32(dilationWidth), 7: .int32(dilationHeight),
    ]
  }
}

extension Window2D {
  var options: [Int: FlatBufferValue] {
    [
      0: .int8(padding.code), 1: .int32(strideWidth), 2: .int32(strideHeight),
      3: .int32(filterWidth), 4: .int32(filterHeight), 5: .int8(activation.code),
    ]
  }
}

extension StridedSlice {
  var options: [Int: FlatBufferValue] {
    [
      0: .int32(beginMask), 1: .int32(endMask), 2: .int32(ellipsisMask), 3: .int32(newAxisMask),
      4: .int32(shrinkAxisMask), 5: .bool(endIsOffset),
    ]
  }
}

extension LSTMAttributes {
  /// The fields that all LSTM operators begin with.
  var clips: [Int: FlatBufferValue] {
    [0: .int8(activation.code), 1: .float(cellClip), 2: .float(projectionClip)]
  }
}

extension Padding {
  var code: Int {
    switch self {
    case .same: 0
    case .valid: 1
    }
  }
}

extension Activation {
  var code: Int {
    switch self {
    case .none: 0
    case .relu: 1
    case .reluMinus1To1: 2
    case .relu6: 3
    }
  }
}

extension RecurrentActivation {
  var code: Int {
    switch self {
    case .none: 0
    case .relu: 1
    case .reluMinus1To1: 2
    case .relu6: 3
    case .tanh: 4
    case .sigmoid: preconditionFailure("refused before anything is written")
    }
  }
}
