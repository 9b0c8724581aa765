import NeuralNetworks

/// An integer that tensors hold quantized values in.
protocol StoredInteger: NumericElement, FixedWidthInteger, BitwiseCopyable {}

extension Int8: StoredInteger {}
extension UInt8: StoredInteger {}
extension Int16: StoredInteger {}
extension Int32: StoredInteger {}
extension Int64: StoredInteger {}

/// What products are summed in: 32 bits for 8-bit activations, 32 or 64 for 16-bit ones.
protocol Accumulator: StoredInteger, SignedInteger {
  /// Throws when a factor is out of the range in which scaling is exact.
  static func checkScaling(
    _ multiplier: FixedPointMultiplier, _ context: KernelContext
  ) throws(ModelError)

  func scaled(by multiplier: FixedPointMultiplier, _ arithmetic: Arithmetic) -> Int32
}

extension Int32: Accumulator {
  static func checkScaling(_: FixedPointMultiplier, _: KernelContext) {}

  @inline(__always)
  func scaled(by multiplier: FixedPointMultiplier, _ arithmetic: Arithmetic) -> Int32 {
    arithmetic.scale(self, by: multiplier)
  }
}

extension Int64: Accumulator {
  static func checkScaling(
    _ multiplier: FixedPointMultiplier, _ context: KernelContext
  ) throws(ModelError) {
    guard multiplier.leftShift < 8 else {
      throw context.failure(
        found: "a rescaling by \(multiplier.factor)", expected: "one below 128 of a 64-bit sum")
    }
  }

  /// All families scale 64-bit sums alike: by 15 bits of the significand, rounded half up.
  ///
  /// Exact for |sum| < 2^47, which int16 x int8 keeps up to 2^25 taps; wraps beyond, as it does
  /// on the device. Source: `MultiplyByQuantizedMultiplier` of TensorFlow Lite.
  @inline(__always)
  func scaled(by multiplier: FixedPointMultiplier, _: Arithmetic) -> Int32 {
    let significand = Int64(multiplier.significand)
    let reduced = significand < 0x7fff_0000 ? (significand &+ 1 << 15) &>> 16 : 0x7fff
    let shift = Int64(15 &- multiplier.leftShift &+ multiplier.rightShift)
    return Int32(truncatingIfNeeded: (self &* reduced &+ 1 &<< (shift &- 1)) &>> shift)
  }
}

extension KernelContext {
  /// Whether input and output, weights and bias are of the types. An absent bias fits any.
  func hasTypes(
    _ value: ElementType, weights: ElementType, bias: ElementType, valueInput: Int = 0,
    biasInput: Int = 2
  ) -> Bool {
    input(valueInput).elementType == value && output.elementType == value
      && input(1).elementType == weights
      && optionalInput(biasInput).map { $0.elementType == bias } ?? true
  }
}
