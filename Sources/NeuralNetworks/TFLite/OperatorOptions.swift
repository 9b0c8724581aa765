/// Reads the options of one operator; a row of `OperatorDefinition` says which.
struct OperatorOptions {
  /// The union's table; nil when the operator has none, then every field has its default.
  let table: FlatBufferTable?
  /// What a custom operator has instead.
  let custom: FlatBufferVector?
  let place: String

  /// Of numbers in one option.
  private static let maximumCount = 1024

  init(operator table: FlatBufferTable, place: String) throws(ModelError) {
    self.table = try table.table(4)
    custom = try table.vector(5, elementSize: 1)
    self.place = place
  }

  func int32(_ field: Int, default value: Int32 = 0) throws(ModelError) -> Int {
    Int(try table?.scalar(field, default: value) ?? value)
  }

  func int8(_ field: Int) throws(ModelError) -> Int {
    Int(try table?.scalar(field, default: Int8(0)) ?? 0)
  }

  func bool(_ field: Int) throws(ModelError) -> Bool { try table?.bool(field) ?? false }

  func float(_ field: Int) throws(ModelError) -> Float {
    try table?.float(field, default: 0) ?? 0
  }

  func integers(_ field: Int) throws(ModelError) -> [Int] {
    try table?.integers(field, of: Int32.self, limit: Self.maximumCount) ?? []
  }

  func floats(_ field: Int) throws(ModelError) -> [Float] {
    try table?.floats(field, limit: Self.maximumCount) ?? []
  }

  func activation(_ field: Int) throws(ModelError) -> Activation {
    let code = try table?.scalar(field, default: Int8(0)) ?? 0
    guard let activation = TFLiteSchema.activations[code] else {
      throw ModelError(
        place: place, found: "fused activation \(code)",
        expected: "none, RELU, RELU_N1_TO_1 or RELU6")
    }
    return activation
  }

  func padding() throws(ModelError) -> Padding {
    let code = try table?.scalar(0, default: Int8(0)) ?? 0
    switch code {
    case 0: return .same
    case 1: return .valid
    default:
      throw ModelError(place: place, found: "padding \(code)", expected: "SAME or VALID")
    }
  }

  func convolution(activationField: Int) throws(ModelError) -> Convolution2D {
    Convolution2D(
      padding: try padding(), strideHeight: try int32(2), strideWidth: try int32(1),
      dilationHeight: try int32(activationField + 2, default: 1),
      dilationWidth: try int32(activationField + 1, default: 1),
      activation: try activation(activationField))
  }

  func window() throws(ModelError) -> Window2D {
    Window2D(
      padding: try padding(), strideHeight: try int32(2), strideWidth: try int32(1),
      filterHeight: try int32(4), filterWidth: try int32(3), activation: try activation(5))
  }

  func fullyConnected() throws(ModelError) -> Operation {
    let format = try table?.scalar(1, default: Int8(0)) ?? 0
    guard format == 0 else {
      throw ModelError(
        place: place, found: "weights format \(format)", expected: "the default format (0)")
    }
    return .fullyConnected(
      activation: try activation(0), keepsDimensions: try bool(2),
      quantizesInputsAsymmetrically: try bool(3))
  }

  func stridedSlice() throws(ModelError) -> StridedSlice {
    StridedSlice(
      beginMask: try int32(0), endMask: try int32(1), ellipsisMask: try int32(2),
      newAxisMask: try int32(3), shrinkAxisMask: try int32(4),
      endIsOffset: try bool(5))
  }

  /// Nil when the options state none, as those do that leave it to an operand.
  func reshapeShape() throws(ModelError) -> [Int]? {
    try table?.vector(0, elementSize: 4) == nil ? nil : try integers(0)
  }

  func fakeQuantization() throws(ModelError) -> FakeQuantization {
    let options = FakeQuantization(
      minimum: try float(0), maximum: try float(1), bitCount: try int32(2), isNarrow: try bool(3))
    guard (2...16).contains(options.bitCount), options.minimum < options.maximum else {
      throw ModelError(place: place, found: "\(options)", expected: "2 to 16 bits of a range")
    }
    return options
  }

  /// Container and name together tell variables apart.
  func variableName() throws(ModelError) -> String {
    let container = try table?.string(0) ?? ""
    let name = try table?.string(1) ?? ""
    return container.isEmpty ? name : "\(container)/\(name)"
  }
}
