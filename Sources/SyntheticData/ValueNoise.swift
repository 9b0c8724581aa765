/// Smooth random numbers over the plane: random values at whole coordinates, blended between them.
///
/// The lattice comes of an integer hash, so that the plane has no bounds and needs no memory.
/// Source: Perlin 1985, "An Image Synthesizer" (value noise; octaves as in his turbulence).
struct ValueNoise: Sendable {
  private let seed: UInt64

  init(seed: UInt64) { self.seed = seed }

  /// Uniform in -1..<1.
  private func lattice(_ x: Int, _ y: Int) -> Double {
    var bits = seed &+ UInt64(bitPattern: Int64(x)) &* 0x9e37_79b9_7f4a_7c15
    bits ^= UInt64(bitPattern: Int64(y)) &* 0xd1b5_4a32_d192_ed03
    bits = (bits ^ bits >> 32) &* 0xd6e8_feb8_6659_fd93
    bits = (bits ^ bits >> 32) &* 0xd6e8_feb8_6659_fd93
    return Double(bits >> 11) * 0x1p-52 - 1
  }

  /// In -1...1, with features of size 1. O(1).
  ///
  /// - Precondition: coordinates within 2^31 of 0.
  func value(_ x: Double, _ y: Double) -> Double {
    let (column, row) = (x.rounded(.down), y.rounded(.down))
    let (i, j) = (Int(column), Int(row))
    let (s, t) = (ValueNoise.ease(x - column), ValueNoise.ease(y - row))
    let top = ValueNoise.mix(lattice(i, j), lattice(i + 1, j), s)
    let bottom = ValueNoise.mix(lattice(i, j + 1), lattice(i + 1, j + 1), s)
    return ValueNoise.mix(top, bottom, t)
  }

  /// The sum of octaves, each of half the size and half the height; those finer than a pixel fade
  /// out, as a lens would blur them. About -1...1.
  ///
  /// - Parameters:
  ///   - size: of the coarsest features, in the unit of the coordinates.
  ///   - footprint: what one pixel covers, in the same unit.
  func octaves(
    _ count: Int, _ x: Double, _ y: Double, size: Double, footprint: Double = 0
  ) -> Double {
    var (sum, height, wavelength) = (0.0, 0.6, size)
    for octave in 0..<count {
      let visible = 1 - footprint / wavelength
      guard visible > 0 else { break }
      let shift = Double(octave) * 17.31
      sum += height * min(visible * 1.5, 1) * value(x / wavelength + shift, y / wavelength - shift)
      height *= 0.6
      wavelength /= 2
    }
    return sum
  }

  static func mix(_ a: Double, _ b: Double, _ share: Double) -> Double { a + (b - a) * share }

  /// From 0 to 1 with level ends.
  static func ease(_ t: Double) -> Double { t * t * (3 - 2 * t) }

  /// 0 below `low`, 1 above `high`, smooth between them.
  static func step(_ value: Double, from low: Double, to high: Double) -> Double {
    ease(min(max((value - low) / (high - low), 0), 1))
  }
}
