/// Features to the integers that a model takes.
public enum FeatureQuantization {
  /// x / scale + zeroPoint in 32-bit floats, cut off toward zero and saturated: how the MLPerf Tiny
  /// recipes make int8 inputs. Rounding instead loses one of the two detections of the benchmark's
  /// streaming test.
  public static func truncated(_ features: [Float], scale: Float, zeroPoint: Int) -> [Int8] {
    let zero = Float(zeroPoint)
    return features.map { Int8(min(max(($0 / scale + zero).rounded(.towardZero), -128), 127)) }
  }
}
