import NeuralNetworks

/// `Cast`, `CastLike` and conversions inside operators.
enum Conversion {
  static func cast(_ call: OperatorCall) throws(ModelError) -> TensorValue {
    let code = try call.required("to", call.optionalInt("to"))
    guard let type = ElementType(onnxCode: code) else {
      throw call.problem(
        "attribute \"to\"", found: "data type \(code)", expected: "a supported element type")
    }
    return try call.input(0).converted(to: type)
  }

  static func castLike(_ call: OperatorCall) throws(ModelError) -> TensorValue {
    try call.input(0).converted(to: call.input(1).elementType)
  }

  /// From integers: low bits. From floating point: toward zero, saturating.
  fileprivate struct Source: NumericBody {
    let tensor: TensorValue
    let target: ElementType

    func run<Element: NumericElement>(_ type: Element.Type) throws(ModelError) -> TensorValue {
      let elements = tensor.elements(as: type)
      if target == .bool {
        let result = try NewTensor<UInt8>(.bool, tensor.shape)
        for index in 0..<elements.count { result[index] = elements[index] == .zero ? 0 : 1 }
        return result.value
      }
      switch tensor.elementType {
      case .float16, .float32, .float64:
        return try target.numeric(
          Target(shape: tensor.shape, values: .real(elements.array.map(\.double))))
      case .uint64 where [.float16, .float32, .float64].contains(target):
        return try target.numeric(
          Target(shape: tensor.shape, values: .real(elements.array.map(\.double))))
      default:
        return try target.numeric(
          Target(shape: tensor.shape, values: .integer(elements.array.map(\.integer))))
      }
    }
  }

  private enum Values {
    case real([Double])
    case integer([Int])
  }

  private struct Target: NumericBody {
    let shape: Shape
    let values: Values

    func run<Element: NumericElement>(_ type: Element.Type) throws(ModelError) -> TensorValue {
      let result = try NewTensor<Element>(shape)
      switch values {
      case .real(let values):
        for (index, value) in values.enumerated() { result[index] = Element(saturating: value) }
      case .integer(let values):
        for (index, value) in values.enumerated() { result[index] = Element(wrapping: value) }
      }
      return result.value
    }
  }
}

extension TensorValue {
  /// The elements as another type. O(n).
  func converted(to type: ElementType) throws(ModelError) -> TensorValue {
    guard type != elementType else { return self }
    if elementType == .bool { return try asBytes().converted(to: type) }
    if elementType == .bfloat16 { return try widened().converted(to: type) }
    if type == .bfloat16 { return try converted(to: .float32).narrowed() }
    return try elementType.numeric(Conversion.Source(tensor: self, target: type))
  }

  /// Of `bfloat16` as `float32`. Exact.
  private func widened() throws(ModelError) -> TensorValue {
    let result = try NewTensor<UInt32>(.float32, shape)
    let elements = elements(as: UInt16.self)
    for index in 0..<count { result[index] = UInt32(elements[index]) << 16 }
    return result.value
  }

  /// Of `float32` as `bfloat16`, half to even; infinities stay, and so does NaN.
  private func narrowed() throws(ModelError) -> TensorValue {
    let result = try NewTensor<UInt16>(.bfloat16, shape)
    let elements = elements(as: Float.self)
    for index in 0..<count {
      let bits = elements[index].bitPattern
      let rounded = bits &+ 0x7FFF &+ (bits >> 16 & 1)
      result[index] = UInt16((elements[index].isNaN ? bits | 0x40_0000 : rounded) >> 16)
    }
    return result.value
  }

  /// Truth values as 0 and 1 of `uint8`.
  private func asBytes() throws(ModelError) -> TensorValue {
    let result = try NewTensor<UInt8>(.uint8, shape)
    let elements = elements(as: UInt8.self)
    for index in 0..<count { result[index] = elements[index] == 0 ? 0 : 1 }
    return result.value
  }

  /// The elements as 32-bit floats.
  func floats() throws(ModelError) -> [Float] {
    try converted(to: .float32).elements(as: Float.self).array
  }

  func doubles() throws(ModelError) -> [Double] {
    try converted(to: .float64).elements(as: Double.self).array
  }
}
