import NeuralNetworks

/// Scale and zero point of an 8-bit operand, per tensor or for each channel:
/// `real = (integer - zeroPoint) * scale`.
struct QuantizationOperands {
  let scales: [Float]
  let zeroPoints: [Int32]

  func scale(_ channel: Int) -> Float { scales.count == 1 ? scales[0] : scales[channel] }

  func zeroPoint(_ channel: Int) -> Int32 {
    zeroPoints.count == 1 ? zeroPoints[0] : zeroPoints[channel]
  }
}

extension OperatorCall {
  /// Scale and zero point of an operand of `type`; `channels` is how many they may be, besides one.
  func quantization(
    scale: Int, zeroPoint: Int, of type: ElementType, channels: Int = 1
  ) throws(ModelError) -> QuantizationOperands {
    QuantizationOperands(
      scales: try scales(scale, channels: channels),
      zeroPoints: try zeroPoints(zeroPoint, of: type, channels: channels))
  }

  /// Positive, finite float32 numbers: one, or as many as channels.
  func scales(_ index: Int, channels: Int = 1) throws(ModelError) -> [Float] {
    let tensor = try input(index)
    guard tensor.elementType == .float32, tensor.count == 1 || tensor.count == channels else {
      throw problem(
        "input \(index) (scale)", found: "\(tensor.elementType.rawValue) \(tensor.shape)",
        expected: channels == 1 ? "one float32" : "1 or \(channels) float32")
    }
    let values = tensor.elements(as: Float.self).array
    guard let wrong = values.first(where: { !($0 > 0) || !$0.isFinite }) else { return values }
    throw problem("input \(index) (scale)", found: "\(wrong)", expected: "a positive number")
  }

  func scale(_ index: Int) throws(ModelError) -> Float { try scales(index)[0] }

  /// Integers of the operand's type; zero where the input is absent.
  func zeroPoints(
    _ index: Int, of type: ElementType, channels: Int = 1
  ) throws(ModelError) -> [Int32] {
    guard let tensor = try optionalInput(index) else { return [0] }
    guard tensor.elementType == type, tensor.count == 1 || tensor.count == channels else {
      throw problem(
        "input \(index) (zero point)", found: "\(tensor.elementType.rawValue) \(tensor.shape)",
        expected: "\(channels == 1 ? "one" : "1 or \(channels)") of \(type.rawValue)")
    }
    return try tensor.smallIntegers()
  }

  /// An operand of 8-bit integers.
  func byteInput(_ index: Int) throws(ModelError) -> TensorValue {
    let tensor = try input(index)
    guard tensor.elementType == .int8 || tensor.elementType == .uint8 else {
      throw problem(
        "input \(index)", found: tensor.elementType.rawValue, expected: "int8 or uint8")
    }
    return tensor
  }

  /// How results become 8-bit integers, by the zero point of the output; its type is the output's.
  func byteOutput(
    zeroPoint index: Int, default type: ElementType
  ) throws(ModelError) -> (type: ElementType, rounding: Requantization) {
    let type = hasInput(index) ? try byteInput(index).elementType : type
    let zeroPoint = try zeroPoints(index, of: type)[0]
    let range: ClosedRange<Int32> = type == .int8 ? -128...127 : 0...255
    return (type, Requantization(range, zeroPoint: zeroPoint))
  }
}

extension TensorValue {
  /// The elements of a tensor of integers of at most 32 bits. O(n).
  func smallIntegers() throws(ModelError) -> [Int32] {
    switch elementType {
    case .int8: elements(as: Int8.self).array.map(Int32.init)
    case .uint8: elements(as: UInt8.self).array.map(Int32.init)
    case .int16: elements(as: Int16.self).array.map(Int32.init)
    case .uint16: elements(as: UInt16.self).array.map(Int32.init)
    case .int32: elements(as: Int32.self).array
    default: throw elementType.unsuitable(expected: "integers of at most 32 bits")
    }
  }

  /// 8-bit integers minus the zero point. O(n).
  ///
  /// - Precondition: `int8` or `uint8`.
  func centered(_ zeroPoint: Int32) -> [Int16] {
    // Both are of 8 bits, so that the difference is in -255...255.
    let offset = Int16(truncatingIfNeeded: zeroPoint)
    return elementType == .int8
      ? elements(as: Int8.self).array.map { Int16($0) &- offset }
      : elements(as: UInt8.self).array.map { Int16($0) &- offset }
  }
}
