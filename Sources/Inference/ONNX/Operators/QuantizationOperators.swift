import NeuralNetworks

/// `QuantizeLinear`, `DequantizeLinear` and `DynamicQuantizeLinear`.
enum QuantizationOperators {
  /// round(x / scale) + zero point, saturated. Ties go to even.
  static func quantize(_ call: OperatorCall) throws(ModelError) -> TensorValue {
    let (input, scale) = (try call.input(0), try call.input(1))
    let zero = try call.optionalInput(2)
    let places = try ScalePlaces(call, input.shape, scale.shape)
    var type = zero?.elementType ?? .uint8
    if zero == nil, let code = try call.optionalInt("output_dtype"), code != 0 {
      guard let stated = ElementType(onnxCode: code) else {
        throw call.problem("attribute \"output_dtype\"", found: "\(code)", expected: "an integer")
      }
      type = stated
    }
    return try quantize(input, scale: scale, zero: zero, type: type, places)
  }

  static func quantize(
    _ input: TensorValue, scale: TensorValue, zero: TensorValue?, type: ElementType,
    _ places: ScalePlaces
  ) throws(ModelError) -> TensorValue {
    let zeros = try zero.map { (tensor) throws(ModelError) in try tensor.floats() } ?? []
    guard zeros.isEmpty || zeros.count == scale.count else {
      throw ModelError(
        place: "zero point", found: "\(zeros.count)", expected: "\(scale.count), as scales")
    }
    return try type.numeric(
      Quantization(
        values: input.floats(), shape: input.shape, scales: scale.floats(), zeros: zeros,
        places: places))
  }

  private struct Quantization: NumericBody {
    let values: [Float]
    let shape: Shape
    let scales: [Float]
    let zeros: [Float]
    let places: ScalePlaces

    func run<Element: NumericElement>(_ type: Element.Type) throws(ModelError) -> TensorValue {
      let result = try NewTensor<Element>(shape)
      for (index, x) in values.enumerated() {
        let place = places.place(of: index)
        let zero = zeros.isEmpty ? 0 : zeros[place]
        result[index] = Element(
          saturating: Double((x / scales[place]).rounded(.toNearestOrEven) + zero))
      }
      return result.value
    }
  }

  /// (x - zero point) * scale, in the type of the scale.
  static func dequantize(_ call: OperatorCall) throws(ModelError) -> TensorValue {
    let (input, scale) = (try call.input(0), try call.input(1))
    let places = try ScalePlaces(call, input.shape, scale.shape)
    let zero = try call.optionalInput(2)
    if let zero {
      try ArithmeticOperators.sameType(input, zero)
      guard zero.count == scale.count else {
        throw call.problem("zero point", found: "\(zero.count)", expected: "\(scale.count)")
      }
    }
    let result = try input.elementType.numeric(
      Dequantization(input: input, zero: zero, scales: scale.floats(), places: places))
    return try result.converted(to: scale.elementType)
  }

  private struct Dequantization: NumericBody {
    let input: TensorValue
    let zero: TensorValue?
    let scales: [Float]
    let places: ScalePlaces

    func run<Element: NumericElement>(_ type: Element.Type) throws(ModelError) -> TensorValue {
      let result = try NewTensor<Float>(input.shape)
      let elements = input.elements(as: type)
      let zeros = zero.map { $0.elements(as: type).array.map(\.integer) } ?? []
      for index in 0..<elements.count {
        let place = places.place(of: index)
        let zero = zeros.isEmpty ? 0 : zeros[place]
        result[index] = Float(elements[index].integer &- zero) * scales[place]
      }
      return result.value
    }
  }

  /// To `uint8`, by the range of the input with 0 in it: also gives scale and zero point.
  static func dynamicQuantize(_ call: OperatorCall) throws(ModelError) -> [ONNXValue] {
    let input = try call.input(0)
    let values = try input.floats()
    let low = min(values.min() ?? 0, 0)
    let high = max(values.max() ?? 0, 0)
    let scale = high == low ? 1 : (high - low) / 255
    let zero = UInt8(
      saturating: Double(min(max(-low / scale, 0), 255).rounded(.toNearestOrEven)))
    let (scales, zeros) = (try TensorValue(scalar: scale), try TensorValue(scalar: zero))
    let output = try quantize(
      input, scale: scales, zero: zeros, type: .uint8, ScalePlaces.whole)
    return [.tensor(output), .tensor(scales), .tensor(zeros)]
  }
}

/// Which scale belongs to which element: one for all, one for each index of an axis, or one for
/// each block of an axis.
struct ScalePlaces {
  private let length: Int
  private let inner: Int
  /// Elements of the axis that share a scale; 0 when the scales are a vector along it.
  private let block: Int
  private let isWhole: Bool

  static let whole = ScalePlaces()

  private init() { (length, inner, block, isWhole) = (1, 1, 0, true) }

  init(_ call: OperatorCall, _ shape: Shape, _ scales: Shape) throws(ModelError) {
    guard scales.elementCount != 1 || shape.elementCount == 1 else {
      self = .whole
      return
    }
    if scales.elementCount == 1 {
      self = .whole
      return
    }
    let axis = try call.axis("axis", default: 1, rank: shape.rank)
    let blockSize = try call.int("block_size", default: 0)
    let parts = AxisLines(shape, axis: axis)
    (length, inner, isWhole) = (parts.length, parts.inner, false)
    if scales.rank == 1, blockSize == 0 {
      block = 0
      guard scales[0] == length else {
        throw call.problem("scale", found: "\(scales)", expected: "[\(length)] (axis \(axis))")
      }
      return
    }
    block = max(blockSize, 1)
    var blocked = shape.dimensions
    blocked[axis] = (length + block - 1) / block
    guard scales.dimensions == blocked else {
      throw call.problem("scale", found: "\(scales)", expected: "\(Shape(blocked))")
    }
  }

  @inline(__always) func place(of index: Int) -> Int {
    if isWhole { return 0 }
    let row = index / inner
    guard block > 0 else { return row % length }
    let blocks = (length + block - 1) / block
    return (row / length * blocks + row % length / block) * inner + index % inner
  }
}
