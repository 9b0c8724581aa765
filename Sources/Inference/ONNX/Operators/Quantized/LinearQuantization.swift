import NeuralNetworks

/// `QuantizeLinear`, `DequantizeLinear` and `DynamicQuantizeLinear`, of ONNX and `com.microsoft`.
enum LinearQuantization {
  static func quantize(_ call: OperatorCall) throws(ModelError) -> TensorValue {
    let (input, scale) = (try call.input(0), try call.input(1))
    let zeroPoint = try call.optionalInput(2)
    let runs = try QuantizationRuns(call, input.shape, scale.shape)
    try runs.check(zeroPoint)
    let target = try outputType(call, zeroPoint)
    guard let range = TensorValue.quantizedRange(target.type, isNibble: target.isNibble) else {
      throw call.problem(
        "output", found: target.type.rawValue, expected: "an integer type of at most 16 bits")
    }
    let scales = try scale.floats()
    guard scales.allSatisfy({ $0 > 0 && $0.isFinite }) else {
      throw call.problem("input 1 (scale)", found: "0 or less", expected: "positive numbers")
    }
    let zeroPoints = try zeroPoint?.smallIntegers() ?? [0]
    let roundings = zeroPoints.map { Requantization(range, zeroPoint: $0) }
    let body = Quantize(
      input: try input.converted(to: .float32), runs: runs, scales: scales, roundings: roundings)
    var result = try target.type.numeric(body)
    result.isNibble = target.isNibble
    return result
  }

  /// Of the zero point, or of the attribute `output_dtype`, or `uint8`.
  private static func outputType(
    _ call: OperatorCall, _ zeroPoint: TensorValue?
  ) throws(ModelError) -> (type: ElementType, isNibble: Bool) {
    let code = try call.int("output_dtype", default: 0)
    if let zeroPoint { return (zeroPoint.elementType, zeroPoint.isNibble) }
    if code == 0 { return (.uint8, false) }
    guard let type = ONNXElementCode.quantized(code) else {
      throw call.problem(
        "attribute \"output_dtype\"", found: "data type \(code)", expected: "a quantized type")
    }
    return type
  }

  private struct Quantize: NumericBody {
    let input: TensorValue
    let runs: QuantizationRuns
    let scales: [Float]
    let roundings: [Requantization]

    func run<Element: NumericElement>(_ type: Element.Type) throws(ModelError) -> TensorValue {
      let result = try NewTensor<Element>(input.shape)
      let values = input.elements(as: Float.self)
      let isShared = roundings.count == 1
      runs.forEach { start, count, first, step in
        let (row, output) = (values.base + start, result.base + start)
        if step == 0 {
          let (scale, rounding) = (scales[first], roundings[isShared ? 0 : first])
          for i in 0..<count {
            output[i] = Element(wrapping: Int(rounding.integer(row[i] / scale)))
          }
        } else {
          for i in 0..<count {
            let rounding = roundings[isShared ? 0 : first + i]
            output[i] = Element(wrapping: Int(rounding.integer(row[i] / scales[first + i])))
          }
        }
      }
      return result.value
    }
  }

  static func dequantize(_ call: OperatorCall) throws(ModelError) -> TensorValue {
    let (input, scale) = (try call.input(0), try call.input(1))
    let zeroPoint = try call.optionalInput(2)
    let runs = try QuantizationRuns(call, input.shape, scale.shape)
    try runs.check(zeroPoint)
    if let zeroPoint { try ArithmeticOperators.sameType(input, zeroPoint) }
    guard [.int8, .uint8, .int16, .uint16, .int32].contains(input.elementType) else {
      throw input.elementType.unsuitable(expected: "int8, uint8, int16, uint16 or int32")
    }
    let scales = try scale.floats()
    guard scales.allSatisfy(\.isFinite) else {
      throw call.problem("input 1 (scale)", found: "not a number", expected: "finite numbers")
    }
    let code = try call.int("output_dtype", default: 0)
    guard let target = code == 0 ? scale.elementType : ElementType(onnxCode: code),
      [.float32, .float16].contains(target)
    else {
      throw call.problem(
        "output", found: "data type \(code)", expected: "float32 or float16")
    }
    let body = Dequantize(
      input: input, runs: runs, scales: scales, zeroPoints: try zeroPoint?.smallIntegers() ?? [0])
    return try input.elementType.numeric(body).converted(to: target)
  }

  private struct Dequantize: NumericBody {
    let input: TensorValue
    let runs: QuantizationRuns
    let scales: [Float]
    let zeroPoints: [Int32]

    func run<Element: NumericElement>(_ type: Element.Type) throws(ModelError) -> TensorValue {
      let result = try NewTensor<Float>(input.shape)
      let values = input.elements(as: type)
      let isShared = zeroPoints.count == 1
      runs.forEach { start, count, first, step in
        let (row, output) = (values.base + start, result.base + start)
        if step == 0 {
          let (scale, zeroPoint) = (scales[first], Int(zeroPoints[isShared ? 0 : first]))
          for i in 0..<count { output[i] = Float(row[i].integer &- zeroPoint) * scale }
        } else {
          for i in 0..<count {
            let zeroPoint = Int(zeroPoints[isShared ? 0 : first + i])
            output[i] = Float(row[i].integer &- zeroPoint) * scales[first + i]
          }
        }
      }
      return result.value
    }
  }

  static func dynamicQuantize(_ call: OperatorCall) throws(ModelError) -> [ONNXValue] {
    let input = try call.input(0)
    guard input.elementType == .float32 else {
      throw input.elementType.unsuitable(expected: "float32")
    }
    let quantized = try DynamicQuantization(input)
    return [
      .tensor(quantized.tensor), .tensor(try TensorValue(scalar: quantized.scale)),
      .tensor(try TensorValue(scalar: UInt8(truncatingIfNeeded: quantized.zeroPoint))),
    ]
  }
}

/// A float tensor as `uint8`, with scale and zero point from its own range, 0 included.
struct DynamicQuantization {
  let tensor: TensorValue
  let scale: Float
  let zeroPoint: Int32

  /// - Precondition: float32.
  /// - Throws: when the range is not finite. O(n).
  init(_ input: TensorValue) throws(ModelError) {
    let values = input.elements(as: Float.self)
    var (low, high): (Float, Float) = (0, 0)
    for i in 0..<values.count {
      let value = values.base[i]
      low = value < low ? value : low
      high = value > high ? value : high
    }
    guard (high - low).isFinite else {
      throw ModelError(
        place: "input", found: "the range \(low) to \(high)", expected: "a finite one")
    }
    scale = high == low ? 1 : (high - low) / 255
    let start = max(0, min(255, -low / scale))
    zeroPoint = Int32(start.rounded(.toNearestOrEven))
    let rounding = Requantization(0...255, zeroPoint: zeroPoint)
    let result = try NewTensor<UInt8>(input.shape)
    for i in 0..<values.count {
      result.base[i] = UInt8(truncatingIfNeeded: rounding.integer(values.base[i] / scale))
    }
    tensor = result.value
  }
}

/// The codes of `TensorProto.DataType` that quantized tensors may have.
enum ONNXElementCode {
  static func quantized(_ code: Int) -> (type: ElementType, isNibble: Bool)? {
    switch code {
    case 2: (.uint8, false)
    case 3: (.int8, false)
    case 4: (.uint16, false)
    case 5: (.int16, false)
    case 21: (.uint8, true)
    case 22: (.int8, true)
    default: nil
    }
  }
}
