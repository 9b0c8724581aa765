/// Reads the options of one operator into an `Operation`.
struct OperatorOptions {
  /// The union's table; nil when the operator has none, then every field has its default.
  let table: FlatBufferTable?
  let place: String

  /// The operation of a `BuiltinOperator`; nil when we lack it.
  func operation(code: Int) throws(ModelError) -> Operation? {
    switch code {
    case 0: .add(activation: try activation(0))
    case 1: .averagePool2D(try window())
    case 2: .concatenation(axis: try int32(0), activation: try activation(1))
    case 3: .conv2D(try convolution(activationField: 3))
    case 4:
      .depthwiseConv2D(try convolution(activationField: 4), depthMultiplier: try int32(3))
    case 6: .dequantize
    case 9:
      try fullyConnected()
    case 14: .logistic
    case 17: .maxPool2D(try window())
    case 22: .reshape
    case 25: .softmax(beta: try table?.float(0, default: 0) ?? 0)
    case 45: .stridedSlice(try stridedSlice())
    case 49: .split(count: try int32(0))
    case 102: .splitV(count: try int32(0))
    case 114: .quantize
    case 129: .callOnce(subgraph: try int32(0))
    case 142: .varHandle(name: try variableName())
    case 143: .readVariable
    case 144: .assignVariable
    default: nil
    }
  }

  private func int32(_ field: Int, default value: Int32 = 0) throws(ModelError) -> Int {
    Int(try table?.scalar(field, default: value) ?? value)
  }

  private func activation(_ field: Int) throws(ModelError) -> Activation {
    let code = try table?.scalar(field, default: Int8(0)) ?? 0
    guard let activation = TFLiteSchema.activations[code] else {
      throw ModelError(
        place: place, found: "fused activation \(code)",
        expected: "none, RELU, RELU_N1_TO_1 or RELU6")
    }
    return activation
  }

  private func padding() throws(ModelError) -> Padding {
    let code = try table?.scalar(0, default: Int8(0)) ?? 0
    switch code {
    case 0: return .same
    case 1: return .valid
    default:
      throw ModelError(place: place, found: "padding \(code)", expected: "SAME or VALID")
    }
  }

  private func convolution(activationField: Int) throws(ModelError) -> Convolution2D {
    Convolution2D(
      padding: try padding(), strideHeight: try int32(2), strideWidth: try int32(1),
      dilationHeight: try int32(activationField + 2, default: 1),
      dilationWidth: try int32(activationField + 1, default: 1),
      activation: try activation(activationField))
  }

  private func window() throws(ModelError) -> Window2D {
    Window2D(
      padding: try padding(), strideHeight: try int32(2), strideWidth: try int32(1),
      filterHeight: try int32(4), filterWidth: try int32(3), activation: try activation(5))
  }

  private func fullyConnected() throws(ModelError) -> Operation {
    let format = try table?.scalar(1, default: Int8(0)) ?? 0
    guard format == 0 else {
      throw ModelError(
        place: place, found: "weights format \(format)", expected: "the default format (0)")
    }
    return .fullyConnected(
      activation: try activation(0), keepsDimensions: try table?.bool(2) ?? false)
  }

  private func stridedSlice() throws(ModelError) -> StridedSlice {
    StridedSlice(
      beginMask: try int32(0), endMask: try int32(1), ellipsisMask: try int32(2),
      newAxisMask: try int32(3), shrinkAxisMask: try int32(4),
      endIsOffset: try table?.bool(5) ?? false)
  }

  /// Container and name together tell variables apart.
  private func variableName() throws(ModelError) -> String {
    let container = try table?.string(0) ?? ""
    let name = try table?.string(1) ?? ""
    return container.isEmpty ? name : "\(container)/\(name)"
  }
}
