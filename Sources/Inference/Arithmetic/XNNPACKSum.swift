/// Sums of two quantized values as XNNPACK computes them: one factor for each, of 21 bits, and one
/// rounding half up.
///
/// Source: XNNPACK's parameters of `qs8-vadd`.
struct XNNPACKSum: Sendable {
  /// At most 2^21 in magnitude.
  let left, right: Int32
  /// 13...30.
  let shift: Int32

  /// - Parameters:
  ///   - left, right: scales of the operands by that of the result, in 2^-10..<2^8.
  ///   - sign: 1 or -1, of the right operand.
  init(left: Float, right: Float, sign: Int32) {
    let shift = 20 - Int(max(left, right).exponent)
    func factor(_ ratio: Float) -> Int32 {
      Int32(
        (ratio * Float(sign: .plus, exponent: shift, significand: 1))
          .rounded(.toNearestOrEven))
    }
    self.left = factor(left)
    self.right = sign &* factor(right)
    self.shift = Int32(shift)
  }

  /// Steps of the result, for operands less their zero points.
  ///
  /// Exact: |a| and |b| are at most 255, so that sums stay below 2^31.
  @inline(__always)
  func steps(_ a: Int32, _ b: Int32) -> Int32 {
    (a &* left &+ b &* right &+ 1 &<< (shift &- 1)) &>> shift
  }
}
