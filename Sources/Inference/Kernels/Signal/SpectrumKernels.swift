import FixedPointSignals
import NeuralNetworks

/// From samples to the energies of a spectrum, in 16-bit fixed point.
enum SpectrumKernels {
  static func window(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    guard case .signal(.window(let shift)) = context.op.operation else { return nil }
    let count = context.output.shape.elementCount
    let width = context.input(1).shape.elementCount
    return { operands in
      let samples = operands.input(0, as: Int16.self)
      let weights = operands.input(1, as: Int16.self)
      let output = operands.output(as: Int16.self)
      for frame in stride(from: 0, to: count, by: width) {
        for index in 0..<width {
          // A product of 16 bits each fits 32.
          let product = Int32(samples[frame &+ index]) &* Int32(weights[index])
          output[frame &+ index] = Int16(clamping: product >> Int32(truncatingIfNeeded: shift))
        }
      }
    }
  }

  static func autoScale(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    let count = context.output.shape.elementCount
    return { operands in
      let samples = operands.input(0, as: Int16.self)
      let output = operands.output(0, as: Int16.self)
      let largest = largestMagnitude(samples, count)
      let shift = largest > 0 ? Int16(truncatingIfNeeded: largest.leadingZeroBitCount - 1) : 0
      for index in 0..<count { output[index] = samples[index] << shift }
      operands.output(1, as: Int32.self)[0] = Int32(shift)
    }
  }

  /// The magnitude of -32768 wraps to itself, as in the original: whatever follows exceeds it.
  private static func largestMagnitude(_ samples: UnsafePointer<Int16>, _ count: Int) -> Int16 {
    var largest: Int16 = 0
    for index in 0..<count {
      let sample = samples[index]
      if sample > largest {
        largest = sample
      } else if 0 &- Int32(sample) > Int32(largest) {
        largest = 0 &- sample
      }
    }
    return largest
  }

  static func realTransform(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    guard case .signal(.realTransform(let length)) = context.op.operation,
      let sampleCount = context.input(0).shape.dimensions.last
    else { return nil }
    let transform = RealTransform(length: length)
    let rowCount = context.input(0).shape.elementCount / sampleCount
    return { operands in
      let samples = operands.input(0, as: Int16.self)
      // A bin lies in the output as its real and its imaginary part.
      let bins = operands.output(as: ComplexInt16.self)
      for row in 0..<rowCount {
        transform.apply(
          samples + row &* sampleCount, count: sampleCount,
          into: bins + row &* (length / 2 &+ 1))
      }
    }
  }

  static func inverseRealTransform(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    guard case .signal(.inverseRealTransform(let length)) = context.op.operation else {
      return nil
    }
    let transform = InverseRealTransform(length: length)
    let rowCount = context.output.shape.elementCount / length
    return { operands in
      let bins = operands.input(0, as: ComplexInt16.self)
      let samples = operands.output(as: ComplexInt16.self)
      for row in 0..<rowCount {
        transform.apply(bins + row &* (length / 2 &+ 1), into: samples + row &* (length / 2))
      }
    }
  }

  /// Bins outside of the range are 0; the original leaves them as it finds them.
  static func energy(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    guard case .signal(.energy(let bins)) = context.op.operation else { return nil }
    let count = context.output.shape.elementCount
    return { operands in
      let parts = operands.input(0, as: Int16.self)
      let output = operands.output(as: UInt32.self)
      output.update(repeating: 0, count: count)
      for bin in bins {
        let (real, imaginary) = (Int32(parts[2 &* bin]), Int32(parts[2 &* bin &+ 1]))
        // At most 2^31: exact as an unsigned number.
        output[bin] = UInt32(bitPattern: real &* real &+ imaginary &* imaginary)
      }
    }
  }
}
