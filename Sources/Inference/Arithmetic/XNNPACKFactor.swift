/// A factor with 8 fractional bits, as XNNPACK rescales values that are copied.
///
/// Source: XNNPACK's parameters of `qs8-vcvt` and `qs8-vlrelu`.
struct XNNPACKFactor: Sendable {
  private let factor: Int32

  /// - Parameter ratio: at most 2^7 in magnitude.
  init(_ ratio: Float) { factor = Int32((256 * ratio).rounded(.toNearestOrEven)) }

  /// Rounded half up.
  @inline(__always)
  func steps(_ value: Int32) -> Int32 { (value &* factor &+ 128) &>> 8 }
}
