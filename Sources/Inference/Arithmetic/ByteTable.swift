/// A function of 8-bit values, tabulated: `LUTPopulate` of TensorFlow Lite.
struct ByteTable: Sendable {
  /// By the input's bit pattern.
  let values: [UInt8]

  /// - Parameters:
  ///   - arithmetic: XNNPACK rounds half to even, and with the zero point added.
  ///   - function: of real values, in 32-bit floating point.
  init<Value: StoredInteger>(
    _: Value.Type, input: (scale: Double, zeroPoint: Int32),
    output: (scale: Double, zeroPoint: Int32), _ arithmetic: Arithmetic,
    _ function: (Float) -> Float
  ) {
    let inverse = 1 / Float(output.scale)
    let zeroPoint = Float(output.zeroPoint)
    values = (0..<256).map { byte in
      let stored = Int32(Value(truncatingIfNeeded: byte))
      let real = Float(input.scale) * Float(stored - input.zeroPoint)
      let steps = function(real) * inverse
      let sum =
        arithmetic == .singleRounding
        ? (steps + zeroPoint).rounded(.toNearestOrEven)
        : steps.rounded(.toNearestOrAwayFromZero) + zeroPoint
      let bounded = sum.isNaN ? 0 : max(Float(Value.min), min(Float(Value.max), sum))
      return UInt8(truncatingIfNeeded: Int32(bounded))
    }
  }
}

/// A function of 16-bit values by interpolation between 513 samples: `LUTPopulateInt16` and
/// `LUTLookup` of TensorFlow Lite.
struct HalfWordTable: Sendable {
  private let samples: [Int16]

  /// - Parameters:
  ///   - low, high: real values of the smallest and the largest input.
  ///   - outputLow, outputHigh: real values of the smallest and the largest output.
  init(low: Float, high: Float, outputLow: Float, outputHigh: Float, _ function: (Float) -> Float) {
    let step = (high - low) / 512
    let inverse = 65_536 / (outputHigh - outputLow)
    func rounded(_ value: Float) -> Float { value.rounded(.toNearestOrAwayFromZero) }
    func clamped(_ value: Float) -> Int16 { Int16(max(-32_768, min(32_767, value))) }
    var samples: [Int16] = []
    for index in 0..<512 {
      let start = low + Float(index) * step
      let sample = rounded(function(start) * inverse)
      let next = function(low + Float(index + 1) * step)
      let middle = rounded((next * inverse + sample) / 2)
      let error = middle - rounded(function(start + step / 2) * inverse)
      samples.append(clamped(sample - rounded(error / 2)))
    }
    samples.append(clamped(rounded(function(high) * inverse)))
    self.samples = samples
  }

  func value(at input: Int16) -> Int16 {
    let index = 256 + Int(input >> 7)
    let base = Int32(samples[index])
    let slope = Int32(Int16(truncatingIfNeeded: Int32(samples[index + 1]) &- base))
    let delta = (slope &* Int32(input & 0x7f) &+ 64) >> 7
    return Int16(truncatingIfNeeded: base &+ delta)
  }
}
