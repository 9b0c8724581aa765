import Glibc
import NeuralNetworks

/// Compression of channels.
enum GainKernels {
  private static let ratioBits: UInt32 = 12
  private static let outputBits: UInt32 = 6

  /// Multiplies each channel by a gain that its noise estimate decides, and compresses it.
  ///
  /// Source: Wang et al. 2017, "Trainable Frontend For Robust and Far-Field Keyword Spotting".
  static func gainControl(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    guard case .signal(.gainControl(let shift)) = context.op.operation else { return nil }
    let count = context.output.shape.elementCount
    return { operands in
      let signals = operands.input(0, as: UInt32.self)
      let noise = operands.input(1, as: UInt32.self)
      let table = operands.input(2, as: Int16.self)
      let output = operands.output(as: UInt32.self)
      for index in 0..<count {
        let gain = UInt32(truncatingIfNeeded: gain(at: noise[index], table))
        let ratio = UInt64(signals[index]) &* UInt64(gain)
        output[index] = compressed(UInt32(truncatingIfNeeded: ratio >> UInt64(shift)))
      }
    }
  }

  /// Quadratic pieces, one for each power of two, of four table entries, the last unused. The first
  /// begins at entry 2; entries 0 and 1 are the gains at 0 and 1.
  private static func gain(at noise: UInt32, _ table: UnsafePointer<Int16>) -> Int16 {
    guard noise > 2 else { return table[Int(noise)] }
    // 2 to 32: entries 2 to 124.
    let bits = 32 &- noise.leadingZeroBitCount
    let piece = table + (4 &* bits &- 6)
    let aligned = bits < 11 ? noise << UInt32(11 - bits) : noise >> UInt32(bits - 11)
    let fraction = Int32(truncatingIfNeeded: aligned & 0x3FF)
    let bend = (Int32(piece[2]) &* fraction) >> 5
    let rise = ((bend &+ (Int32(piece[1]) << 5)) &* fraction &+ (1 << 14)) >> 15
    return Int16(truncatingIfNeeded: rise &+ Int32(piece[0]))
  }

  /// x^2 / 4 below two, x - 1 above; Q12 in, Q6 out.
  private static func compressed(_ ratio: UInt32) -> UInt32 {
    ratio < 2 << ratioBits
      ? (ratio &* ratio) >> (2 + 2 * ratioBits - outputBits)
      : (ratio >> (ratioBits - outputBits)) &- (1 << outputBits)
  }

  private static let naturalLogarithmOf2: UInt64 = 45_426  // Q16

  /// log2(1 + i / 128) - i / 128 in Q16.
  private static let mantissas = (0...128).map { index in
    let position = Double(index) / 128
    return Int32((65_536 * (log2(1 + position) - position)).rounded())
  }

  static func logarithm(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    guard case .signal(.logarithm(let correctionBits, let scale)) = context.op.operation else {
      return nil
    }
    let count = context.output.shape.elementCount
    let (table, factor) = (mantissas, UInt32(scale))
    return { operands in
      let signals = operands.input(0, as: UInt32.self)
      let output = operands.output(as: Int16.self)
      for index in 0..<count {
        let value = signals[index] << correctionBits
        let scaled = value > 1 ? logarithm(value, scale: factor, table) : 0
        output[index] = Int16(truncatingIfNeeded: min(scaled, 32_767))
      }
    }
  }

  /// The natural logarithm: the position of the leading bit, and the fraction by interpolation
  /// between table entries. The product with the scale wraps, as in the original.
  private static func logarithm(_ value: UInt32, scale: UInt32, _ table: [Int32]) -> UInt32 {
    let exponent = 31 - value.leadingZeroBitCount
    let excess = value &- (UInt32(1) << UInt32(exponent))
    let aligned =
      exponent < 16 ? excess << UInt32(16 - exponent) : excess >> UInt32(exponent - 16)
    let fraction = Int32(truncatingIfNeeded: aligned)
    let segment = Int(fraction >> 9)
    let bend = ((table[segment + 1] &- table[segment]) &* (fraction & 511)) >> 16
    let mantissa = UInt64(truncatingIfNeeded: fraction &+ table[segment] &+ bend)
    let base2 = (UInt64(truncatingIfNeeded: exponent) << 16) &+ mantissa
    let natural = UInt32(truncatingIfNeeded: (naturalLogarithmOf2 &* base2 &+ (1 << 15)) >> 16)
    return (scale &* natural &+ (1 << 15)) >> 16
  }
}
