import Glibc
import ReproducibleMath

/// Windows of the feature recipes.
enum AnalysisWindows {
  /// Periodic Hann: one period of the cosine is `count` samples long.
  static func hann(_ count: Int) -> [Float] {
    (0..<count).map { Float(0.5 - 0.5 * cos(2 * Double.pi * Double($0) / Double(count))) }
  }

  /// The same window with the same bits on every machine, for data that models are trained on.
  static func reproducibleHann(_ count: Int) -> [Float] {
    (0..<count).map {
      Float(0.5 - 0.5 * ReproducibleMath.cos(2 * Double.pi * Double($0) / Double(count)))
    }
  }

  /// Symmetric (not periodic) Hamming: first and last sample are equal.
  static func hamming(_ count: Int) -> [Float] {
    (0..<count).map { Float(0.54 - 0.46 * cos(2 * Double.pi * Double($0) / Double(count - 1))) }
  }
}
