import NeuralNetworks

/// Float activations brought to int8 row by row, as dynamic-range kernels do with their input.
struct QuantizedRows {
  let values: [Int8]
  /// One for each row.
  let scales: [Float]
  /// One for each row.
  let zeroPoints: [Int32]

  /// - Parameter isAsymmetric: whether rows use all 256 values, or -127...127 around 0.
  init(_ input: UnsafePointer<Float>, rows: Int, depth: Int, isAsymmetric: Bool) {
    var values: [Int8] = []
    var (scales, zeroPoints): ([Float], [Int32]) = ([], [])
    values.reserveCapacity(rows * depth)
    for row in 0..<rows {
      let source = UnsafeBufferPointer(start: input + row * depth, count: depth)
      var (low, high): (Float, Float) = (0, 0)
      for value in source { (low, high) = (min(low, value), max(high, value)) }
      let range = isAsymmetric ? Self.asymmetric(low, high) : Self.symmetric(low, high)
      for value in source {
        let steps = (Float(range.zeroPoint) + value * range.inverse)
          .rounded(.toNearestOrAwayFromZero)
        values.append(Int8(max(range.lowest, min(127, steps.isNaN ? 0 : steps))))
      }
      scales.append(range.scale)
      zeroPoints.append(range.zeroPoint)
    }
    (self.values, self.scales, self.zeroPoints) = (values, scales, zeroPoints)
  }

  private typealias Range = (scale: Float, inverse: Float, zeroPoint: Int32, lowest: Float)

  /// A row that cannot be quantized: zeros, or values that are not finite.
  private static let none: Range = (1, 0, 0, -128)

  /// `SymmetricQuantizeFloats` of TensorFlow Lite.
  private static func symmetric(_ low: Float, _ high: Float) -> Range {
    let largest = max(-low, high)
    guard largest > 0, largest.isFinite else { return none }
    return (largest / 127, 127 / largest, 0, -127)
  }

  /// `AsymmetricQuantizeFloats` of TensorFlow Lite: the zero point is taken from the end of the
  /// range that gives the smaller rounding error.
  private static func asymmetric(_ low: Float, _ high: Float) -> Range {
    guard low < high, low.isFinite, high.isFinite else { return none }
    let scale = (Double(high) - Double(low)) / 255
    let (fromLow, fromHigh) = (Double(low) / scale, Double(high) / scale)
    let isLowCloser = 128 + abs(fromLow) < 127 + abs(fromHigh)
    let zeroPoint = isLowCloser ? -128 - fromLow : 127 - fromHigh
    let nudged = max(-128, min(127, zeroPoint.rounded(.toNearestOrAwayFromZero)))
    return (Float(scale), 1 / Float(scale), Int32(nudged), -128)
  }
}
