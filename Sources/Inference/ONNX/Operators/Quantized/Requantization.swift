import NeuralNetworks

/// Rounds numbers to the integers of a quantized type: half to even, then the zero point is added,
/// saturating, as ONNX Runtime does (`MlasQuantizeLinear`, `MlasRequantizeOutput`).
struct Requantization {
  let zeroPoint: Int32
  private let low: Float
  private let high: Float

  /// - Precondition: the range and the zero point are those of a type of at most 16 bits.
  init(_ range: ClosedRange<Int32>, zeroPoint: Int32) {
    self.zeroPoint = zeroPoint
    low = Float(range.lowerBound - zeroPoint)
    high = Float(range.upperBound - zeroPoint)
  }

  /// The integer for a real number in units of the scale. NaN gives the lowest, as SSE's `maxps`
  /// does.
  @inline(__always) func integer(_ value: Float) -> Int32 {
    let raised = value > low ? value : low
    let clamped = raised < high ? raised : high
    // Adding 1.5 * 2^23 leaves no bits for a fraction, and rounds as floats are: half to even.
    // Exact below 2^22; a type of 16 bits gives at most 2^17.
    let magic: Float = 12_582_912
    return Int32((clamped + magic) - magic) &+ zeroPoint
  }
}

extension TensorValue {
  /// The integers a quantized tensor of this type may hold; nil when it is no such type.
  ///
  /// 4-bit elements take a byte each, so the type alone does not tell.
  static func quantizedRange(_ type: ElementType, isNibble: Bool) -> ClosedRange<Int32>? {
    switch type {
    case .int8: isNibble ? -8...7 : -128...127
    case .uint8: isNibble ? 0...15 : 0...255
    case .int16: -32768...32767
    case .uint16: 0...65535
    default: nil
    }
  }
}
