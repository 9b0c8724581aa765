import FixedPointSignals
import NeuralNetworks

/// Compression of channels.
enum GainKernels {
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
        output[index] = ChannelGain.compressed(UInt32(truncatingIfNeeded: ratio >> UInt64(shift)))
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
    return ChannelGain.gain(at: noise, first: piece[0], slope: piece[1], curvature: piece[2])
  }

  static func logarithm(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    guard case .signal(.logarithm(let correctionBits, let scale)) = context.op.operation else {
      return nil
    }
    let count = context.output.shape.elementCount
    let logarithm = FixedPointLogarithm()
    let factor = UInt32(scale)
    return { operands in
      let signals = operands.input(0, as: UInt32.self)
      let output = operands.output(as: Int16.self)
      for index in 0..<count {
        let scaled = logarithm.scaled(signals[index] << correctionBits, by: factor)
        output[index] = Int16(truncatingIfNeeded: min(scaled, 32_767))
      }
    }
  }
}
