/// Features to the integers that a model takes.
public enum FeatureQuantization {
  /// What becomes of a value beyond 8 bits.
  public enum Overflow: Sendable {
    case saturate
    /// 128 becomes -128, as where a C or numpy program converts without looking.
    case wrap
  }

  /// x / scale + zeroPoint in 32-bit floats, cut off toward zero: how the MLPerf Tiny recipes make
  /// int8 inputs. Rounding instead loses one of the two detections of the benchmark's streaming
  /// test.
  ///
  /// - Precondition: the features are finite.
  public static func truncated(
    _ features: [Float], scale: Float, zeroPoint: Int, overflow: Overflow = .saturate
  ) -> [Int8] {
    let zero = Float(zeroPoint)
    return features.map { feature in
      // Far beyond 8 bits the value is cut, so that it has an integer to wrap.
      let value = Int(min(max(feature / scale + zero, -1e6), 1e6))
      return overflow == .wrap ? Int8(truncatingIfNeeded: value) : Int8(clamping: value)
    }
  }
}
