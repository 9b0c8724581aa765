/// The state of a road's surface: the classes of `RoadFrames`, in their order.
public enum RoadSurface: Int, Sendable, CaseIterable {
  case dry, wet, snow, ice, damaged

  public var name: String { "\(self)" }
}

/// Linear light: red, green, blue.
typealias Light = SIMD3<Double>

extension SIMD3<Double> {
  static func mix(_ a: Light, _ b: Light, _ share: Double) -> Light { a + (b - a) * share }

  static func gray(_ value: Double) -> Light { Light(repeating: value) }
}
