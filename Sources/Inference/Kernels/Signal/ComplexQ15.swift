import Glibc

/// A complex number of two Q15 parts, with the wrapping arithmetic of 16-bit fixed-point devices.
struct ComplexQ15: Sendable {
  let real: Int16
  let imaginary: Int16

  init(_ real: Int16, _ imaginary: Int16) {
    self.real = real
    self.imaginary = imaginary
  }

  /// exp(-2 pi i turns): 32767 times cosine and sine, rounded half up.
  init(minusTurns turns: Double) {
    let phase = -2 * Double.pi * turns
    self.init(
      Int16(floor(0.5 + 32_767 * cos(phase))), Int16(floor(0.5 + 32_767 * sin(phase))))
  }

  init(halving real: Int32, _ imaginary: Int32) {
    self.init(Int16(truncatingIfNeeded: real >> 1), Int16(truncatingIfNeeded: imaginary >> 1))
  }

  /// The number at a place of interleaved parts.
  init(_ parts: UnsafeMutablePointer<Int16>, _ place: Int) {
    self.init(parts[2 &* place], parts[2 &* place &+ 1])
  }

  func store(_ parts: UnsafeMutablePointer<Int16>, _ place: Int) {
    parts[2 &* place] = real
    parts[2 &* place &+ 1] = imaginary
  }

  /// A Q30 product brought back to Q15, rounded half up.
  private static func rounded(_ product: Int32) -> Int16 {
    Int16(truncatingIfNeeded: (product &+ (1 << 14)) >> 15)
  }

  /// Both parts times a Q15 factor of at most 1/2: fits 32 bits.
  func scaled(by factor: Int32) -> ComplexQ15 {
    ComplexQ15(Self.rounded(Int32(real) &* factor), Self.rounded(Int32(imaginary) &* factor))
  }

  /// The product: two products of parts below 2^15 fit 32 bits together.
  static func * (left: ComplexQ15, right: ComplexQ15) -> ComplexQ15 {
    let (a, b) = (Int32(left.real), Int32(left.imaginary))
    let (c, d) = (Int32(right.real), Int32(right.imaginary))
    return ComplexQ15(rounded(a &* c &- b &* d), rounded(a &* d &+ b &* c))
  }

  static func &+ (left: ComplexQ15, right: ComplexQ15) -> ComplexQ15 {
    ComplexQ15(left.real &+ right.real, left.imaginary &+ right.imaginary)
  }

  static func &- (left: ComplexQ15, right: ComplexQ15) -> ComplexQ15 {
    ComplexQ15(left.real &- right.real, left.imaginary &- right.imaginary)
  }
}
