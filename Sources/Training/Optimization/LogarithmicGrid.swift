import ReproducibleMath

/// Values that are powers of a base: of two, so that a product is a shift, or finer.
///
/// Source: Miyashita et al. 2016, "Convolutional neural networks using logarithmic data
/// representation".
public struct LogarithmicGrid: Sendable, Equatable {
  /// 1 for powers of two, 2 for those of the square root of two, ...
  public let stepsPerOctave: Int

  /// - Precondition: 1 step or more.
  public init(stepsPerOctave: Int = 1) {
    precondition(stepsPerOctave >= 1)
    self.stepsPerOctave = stepsPerOctave
  }

  /// The nearest values, measured as logarithms: a sign and one of 2^(bits - 1) magnitudes, which
  /// are 0 and powers downward from that of the largest weight. Rounded weights stay as they are.
  /// O(weights).
  public func rounded(_ weights: [Float], bits: Int) -> [Float] {
    let largest = weights.reduce(0) { max($0, abs($1)) }
    guard largest > 0 else { return weights }
    let top = exponent(of: largest)
    let bottom = top - (1 << (bits - 1) - 2)
    let least = power(bottom)
    return weights.map { weight in
      guard weight != 0 else { return 0 }
      let exponent = exponent(of: abs(weight))
      if exponent < bottom, abs(weight) < least / 2 { return 0 }
      let magnitude = power(max(bottom, min(top, exponent)))
      return weight < 0 ? -magnitude : magnitude
    }
  }

  private func exponent(of magnitude: Float) -> Int {
    let octaves = ReproducibleMath.log(Double(magnitude)) / ReproducibleMath.log(2)
    return Int((octaves * Double(stepsPerOctave)).rounded())
  }

  private func power(_ exponent: Int) -> Float {
    Float(ReproducibleMath.pow(2, Double(exponent) / Double(stepsPerOctave)))
  }
}
