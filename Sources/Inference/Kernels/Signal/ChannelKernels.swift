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
      for index in 0..<count { output[index] = roundedRoot(energies[index]) >> shift }
    }
  }

  /// The root rounded to nearest; of a number below 2^32 it saturates at 65535 instead of rounding
  /// up to 65536, and of a larger one at 2^32 - 1. One step for every two bits.
  private static func roundedRoot(_ number: UInt64) -> UInt32 {
    guard number > 0 else { return 0 }
    let largest: UInt64 = number >> 32 == 0 ? 0xFFFF : 0xFFFF_FFFF
    var (remainder, root) = (number, UInt64(0))
    var digit = UInt64(1) << UInt64((63 - number.leadingZeroBitCount) & ~1)
    while digit != 0 {
      let isSet = remainder >= root &+ digit
      if isSet { remainder &-= root &+ digit }
      root = (root >> 1) &+ (isSet ? digit : 0)
      digit >>= 2
    }
    // The remainder exceeds the root exactly when the number is above (root + 1/2) squared.
    return UInt32(truncatingIfNeeded: remainder > root && root != largest ? root &+ 1 : root)
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
