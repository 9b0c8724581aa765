import Glibc

/// A complex number of two Q15 parts, with the wrapping arithmetic of 16-bit fixed-point devices.
@frozen public struct ComplexInt16: Sendable, Equatable {
  public var real: Int16
  public var imaginary: Int16

  @inlinable
  public init(_ real: Int16, _ imaginary: Int16) {
    self.real = real
    self.imaginary = imaginary
  }

  /// exp(-2 pi i turns) in Q15: 32767 times cosine and sine, rounded half up.
  init(minusTurns turns: Double) {
    let phase = -2 * Double.pi * turns
    real = Int16(floor(0.5 + 32767 * cos(phase)))
    imaginary = Int16(floor(0.5 + 32767 * sin(phase)))
  }

  /// Half of each part, which then fits 16 bits.
  init(halving real: Int32, _ imaginary: Int32) {
    self.init(Int16(truncatingIfNeeded: real >> 1), Int16(truncatingIfNeeded: imaginary >> 1))
  }

  /// A Q30 product brought back to Q15, rounded half up.
  @inline(__always)
  private static func rounded(_ product: Int32) -> Int16 {
    Int16(truncatingIfNeeded: (product &+ (1 << 14)) >> 15)
  }

  /// Both parts times a Q15 factor. Cannot overflow 32 bits.
  @inline(__always)
  func scaled(by factor: Int32) -> ComplexInt16 {
    ComplexInt16(
      ComplexInt16.rounded(Int32(real) &* factor), ComplexInt16.rounded(Int32(imaginary) &* factor))
  }

  /// The product. Exact in 32 bits before rounding, as no part of a divided factor exceeds 32766
  /// and none of a twiddle 32767.
  @inline(__always)
  static func * (left: ComplexInt16, right: ComplexInt16) -> ComplexInt16 {
    let (a, b) = (Int32(left.real), Int32(left.imaginary))
    let (c, d) = (Int32(right.real), Int32(right.imaginary))
    return ComplexInt16(rounded(a &* c &- b &* d), rounded(a &* d &+ b &* c))
  }

  @inline(__always)
  static func &+ (left: ComplexInt16, right: ComplexInt16) -> ComplexInt16 {
    ComplexInt16(left.real &+ right.real, left.imaginary &+ right.imaginary)
  }

  @inline(__always)
  static func &- (left: ComplexInt16, right: ComplexInt16) -> ComplexInt16 {
    ComplexInt16(left.real &- right.real, left.imaginary &- right.imaginary)
  }
}
