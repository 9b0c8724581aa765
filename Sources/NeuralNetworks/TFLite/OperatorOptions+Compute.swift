/// Options of convolutions, activations and recurrent operators.
extension OperatorOptions {
  private func recurrentActivation(_ field: Int) throws(ModelError) -> RecurrentActivation {
    let code = try int8(field)
    let activations: [RecurrentActivation] = [.none, .relu, .reluMinus1To1, .relu6, .tanh]
    guard activations.indices.contains(code) else {
      throw ModelError(
        place: place, found: "fused activation \(code)",
        expected: "none, RELU, RELU_N1_TO_1, RELU6 or TANH")
    }
    return activations[code]
  }

  func transposedConvolution() throws(ModelError) -> Convolution2D {
    Convolution2D(
      padding: try padding(), strideHeight: try int32(2), strideWidth: try int32(1),
      activation: try activation(3))
  }

  func convolution3D() throws(ModelError) -> Convolution3D {
    Convolution3D(
      padding: try padding(), strideDepth: try int32(1), strideHeight: try int32(3),
      strideWidth: try int32(2), dilationDepth: try int32(5, default: 1),
      dilationHeight: try int32(7, default: 1), dilationWidth: try int32(6, default: 1),
      activation: try activation(4))
  }

  func batchMatMul() throws(ModelError) -> BatchMatMul {
    BatchMatMul(
      transposesLeft: try bool(0), transposesRight: try bool(1),
      quantizesInputsAsymmetrically: try bool(2))
  }

  func localResponseNormalization() throws(ModelError) -> LocalResponseNormalization {
    let radius = try int32(0)
    guard radius >= 0 else {
      throw ModelError(place: place, found: "radius \(radius)", expected: "one from 0 on")
    }
    return LocalResponseNormalization(
      radius: radius, bias: try float(1), scale: try float(2), exponent: try float(3))
  }

  func lstm() throws(ModelError) -> LSTMAttributes {
    LSTMAttributes(
      activation: try recurrentActivation(0), cellClip: try clip(1), projectionClip: try clip(2),
      isTimeMajor: true, quantizesInputsAsymmetrically: try bool(4),
      isBasic: try int8(3) == 1)
  }

  func sequenceLSTM() throws(ModelError) -> LSTMAttributes {
    guard try !bool(5) else {
      throw ModelError(
        place: place, found: "diagonal recurrent weights", expected: "matrices")
    }
    return LSTMAttributes(
      activation: try recurrentActivation(0), cellClip: try clip(1), projectionClip: try clip(2),
      isTimeMajor: try bool(3), quantizesInputsAsymmetrically: try bool(4))
  }

  func bidirectionalLSTM() throws(ModelError) -> LSTMAttributes {
    LSTMAttributes(
      activation: try recurrentActivation(0), cellClip: try clip(1), projectionClip: try clip(2),
      isTimeMajor: try table?.scalar(4, default: UInt8(1)) ?? 1 != 0,
      quantizesInputsAsymmetrically: try bool(5), mergesOutputs: try bool(3))
  }

  private func clip(_ field: Int) throws(ModelError) -> Float {
    let clip = try float(field)
    guard clip >= 0, clip.isFinite else {
      throw ModelError(place: place, found: "a clip at \(clip)", expected: "0 or a finite limit")
    }
    return clip
  }

  func rnn() throws(ModelError) -> RNNAttributes {
    RNNAttributes(
      activation: try recurrentActivation(0), isTimeMajor: true,
      quantizesInputsAsymmetrically: try bool(1))
  }

  func sequenceRNN() throws(ModelError) -> RNNAttributes {
    RNNAttributes(
      activation: try recurrentActivation(1), isTimeMajor: try bool(0),
      quantizesInputsAsymmetrically: try bool(2))
  }

  func bidirectionalRNN() throws(ModelError) -> RNNAttributes {
    RNNAttributes(
      activation: try recurrentActivation(1), isTimeMajor: try bool(0),
      quantizesInputsAsymmetrically: try bool(3), mergesOutputs: try bool(2))
  }

  func svdf() throws(ModelError) -> SVDFAttributes {
    let rank = try int32(0)
    guard rank > 0 else {
      throw ModelError(place: place, found: "rank \(rank)", expected: "one from 1 on")
    }
    return SVDFAttributes(
      rank: rank, activation: try recurrentActivation(1),
      quantizesInputsAsymmetrically: try bool(2))
  }
}
