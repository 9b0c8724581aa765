import Glibc

/// Logistic function and hyperbolic tangent of 16-bit values by interpolation in a table of
/// sigmoid(i / 24), as TensorFlow Lite's 16-bit kernels compute them.
///
/// The input is Q3.12 (scale 2^-12), the result Q0.15.
struct SigmoidTable: Sendable {
  /// How an input is brought to the table's scale of 1 / (3 * 4096).
  struct Scaling: Sendable {
    let multiplier: Int32
    let rightShift: Int32

    /// The input's scale is `2^-12 * 2^shift`.
    init(powerOfTwo shift: Int32) {
      self =
        shift >= 0
        ? Self(multiplier: 3 << shift, rightShift: 0)
        : Self(multiplier: 3, rightShift: -shift)
    }

    private init(multiplier: Int32, rightShift: Int32) {
      (self.multiplier, self.rightShift) = (multiplier, rightShift)
    }

    /// Any scale; nil when the multiplier does not fit in 16 bits.
    init?(scale: Double) {
      var (factor, shift) = (scale * 4096 * 3, Int32(0))
      while factor <= 32767.0 / 2, shift <= 30 {
        shift += 1
        factor *= 2
      }
      guard factor < 32768 else { return nil }
      self = Self(multiplier: Int32(factor), rightShift: shift)
    }

    /// Exact: |value| <= 2^15, multiplier < 2^15, rounding constant <= 2^30. Wraps as the device.
    @inline(__always)
    func apply(_ value: Int16) -> Int32 {
      let round = rightShift > 0 ? Int32(1) &<< (rightShift &- 1) : 0
      return (Int32(value) &* multiplier &+ round) &>> rightShift
    }
  }

  private let values: [UInt32]

  /// Each sample is raised by half of what a straight line misses in the middle of its segment.
  init() {
    func sigmoid(_ x: Double) -> Double { 1 / (1 + exp(-x / 24)) }
    values = (0..<256).map { index in
      guard index < 255 else { return 65_535 }
      let (left, right) = (sigmoid(Double(index)), sigmoid(Double(index + 1)))
      let error = sigmoid(Double(index) + 0.5) - (left + right) / 2
      return UInt32((65_536 * (left + error / 2)).rounded())
    }
  }

  func sigmoid(_ value: Int16, _ scaling: Scaling) -> Int16 {
    let input = scaling.apply(value)
    let magnitude = input.magnitude
    let segment = Int(magnitude >> 9)
    let result =
      segment >= 255
      ? 0x7fff << 10
      : values[segment] << 9 &+ (magnitude & 0x1ff) &* (values[segment + 1] &- values[segment])
    let rounded = input >= 0 ? result &+ 512 : (1 << 25) &- result &+ 511
    return Int16(truncatingIfNeeded: rounded >> 10)
  }

  func hyperbolicTangent(_ value: Int16, _ scaling: Scaling) -> Int16 {
    let input = scaling.apply(value)
    let magnitude = input.magnitude
    let segment = Int(magnitude >> 8)
    let result =
      segment >= 255
      ? 0xffff << 8
      : values[segment] << 8 &+ (magnitude & 0xff) &* (values[segment + 1] &- values[segment])
    let signed = Int32(bitPattern: result) &- (1 << 23)
    let rounded = input >= 0 ? signed &+ 128 : 0 &- signed &+ 127
    return Int16(truncatingIfNeeded: rounded >> 8)
  }
}
