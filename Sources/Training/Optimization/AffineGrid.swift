/// The real values that an affinely quantized tensor can hold: `scale * (q - zeroPoint)`.
///
/// As the TensorFlow Lite converter chooses it: the range is widened to hold 0, which is stored
/// exactly.
public struct AffineGrid: Sendable, Equatable {
  public let scale: Float
  public let zeroPoint: Int
  public let lowest, highest: Int

  /// - Parameters:
  ///   - bits: of a stored value, 2 to 16; signed.
  ///   - isSymmetric: around a stored 0, the lowest stored value unused.
  public init(_ range: ClosedRange<Float>, bits: Int, isSymmetric: Bool = false) {
    highest = (1 << (bits - 1)) - 1
    lowest = isSymmetric ? -highest : -highest - 1
    var low = Double(min(range.lowerBound, 0))
    var high = Double(max(range.upperBound, 0))
    if isSymmetric {
      high = max(high, -low)
      low = -high
    }
    guard high > low else {
      (scale, zeroPoint) = (1, 0)
      return
    }
    let step = (high - low) / Double(highest - lowest)
    scale = Float(step)
    let zero = Double(lowest) - low / step
    zeroPoint = isSymmetric ? 0 : min(max(Int(zero.rounded()), lowest), highest)
  }

  var low: Float { scale * Float(lowest - zeroPoint) }
  var high: Float { scale * Float(highest - zeroPoint) }

  /// The nearest value, ties away from zero; outside the range its border.
  @inline(__always)
  func rounded(_ value: Float) -> Float {
    let stored = (value / scale).rounded(.toNearestOrAwayFromZero) + Float(zeroPoint)
    return scale * (min(max(stored, Float(lowest)), Float(highest)) - Float(zeroPoint))
  }
}
