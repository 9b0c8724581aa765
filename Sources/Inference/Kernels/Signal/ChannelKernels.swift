import FixedPointSignals
import NeuralNetworks

/// From energies to the channels of a filter bank, and those without their noise.
enum ChannelKernels {
  /// Every bin gives a weight to one channel and the complementary one to the next. Sums wrap.
  static func filterBank(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    let bands = try context.check.filterBands()
    return { operands in
      let energies = operands.input(0, as: UInt32.self)
      let weights = operands.input(1, as: Int16.self)
      let complements = operands.input(2, as: Int16.self)
      let output = operands.output(as: UInt64.self)
      var carried: UInt64 = 0
      for (index, band) in bands.enumerated() {
        var sum = carried
        carried = 0
        for offset in 0..<band.width {
          let energy = UInt64(energies[band.bin &+ offset])
          let place = band.weight &+ offset
          sum &+= UInt64(truncatingIfNeeded: weights[place]) &* energy
          carried &+= UInt64(truncatingIfNeeded: complements[place]) &* energy
        }
        // The band below the first channel only gives what is carried.
        if index > 0 { output[index &- 1] = sum }
      }
    }
  }

  static func squareRoot(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    let count = context.output.shape.elementCount
    return { operands in
      let energies = operands.input(0, as: UInt64.self)
      let shift = operands.input(1, as: Int32.self)[0]
      let output = operands.output(as: UInt32.self)
      for index in 0..<count { output[index] = IntegerRoot.rounded(energies[index]) >> shift }
    }
  }

  /// Every channel loses its own slowly smoothed mean, but keeps a stated part of itself.
  static func spectralSubtraction(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    guard case .signal(.spectralSubtraction(let attributes)) = context.op.operation else {
      return nil
    }
    let (scaling, fraction) = (attributes.smoothingBits, UInt64(attributes.fractionBits))
    return { operands in
      let signals = operands.input(0, as: UInt32.self)
      let estimates = operands.state(1, as: UInt32.self)
      let output = operands.output(0, as: UInt32.self)
      for channel in 0..<attributes.channelCount {
        let smoothing = channel & 1 == 0 ? attributes.even : attributes.odd
        // Strong signals wrap, as in the original.
        let scaled = signals[channel] << scaling
        let mixed =
          UInt64(scaled) &* UInt64(smoothing.new)
          &+ UInt64(estimates[channel]) &* UInt64(smoothing.old)
        let estimate = UInt32(truncatingIfNeeded: mixed >> fraction)
        estimates[channel] = attributes.isClamped ? min(estimate, scaled) : estimate
        let floor = UInt64(signals[channel]) &* UInt64(attributes.smallestRemainder)
        output[channel] = max(
          (scaled &- min(estimate, scaled)) >> scaling,
          UInt32(truncatingIfNeeded: floor >> fraction))
      }
      operands.output(1, as: UInt32.self).update(
        from: estimates, count: attributes.channelCount)
    }
  }
}
