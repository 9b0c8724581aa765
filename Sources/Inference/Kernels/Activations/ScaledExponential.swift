import NeuralNetworks

/// Exponentials of differences of 8-bit values in fixed point: what SOFTMAX and LOG_SOFTMAX share.
struct ScaledExponential: Sendable {
  let multiplier: FixedPointMultiplier
  /// Differences below this give 0.
  let smallestDifference: Int32

  /// - Throws: when beta times the input's scale is out of range.
  init(_ context: KernelContext, beta: Float) throws(ModelError) {
    let input = try context.quantization(of: context.input(0))
    guard beta.isFinite, beta > 0 else {
      throw context.failure(found: "beta \(beta)", expected: "a positive beta")
    }
    // The device's limit: factors above it are taken as it.
    let factor = min(Double(beta) * input.scale * 0x1p26, 0x1p31 - 1)
    guard factor > 1, let multiplier = FixedPointMultiplier(factor, limit: 0x1p31) else {
      throw context.failure(
        found: "beta \(beta) and an input scale of \(input.scale)",
        expected: "a product above 2^-26")
    }
    self.multiplier = multiplier
    smallestDifference =
      -FixedPoint.inputRadius(integerBits: 5, leftShift: multiplier.leftShift)
  }

  /// A difference in Q5.
  @inline(__always)
  func scaled(_ difference: Int32) -> Int32 {
    FixedPoint.roundingDoublingHighMultiply(
      difference &<< multiplier.leftShift, multiplier.significand)
  }

  /// e^difference in Q0; nil when it is too small to matter.
  func exponential(_ difference: Int32) -> Int32? {
    guard difference >= smallestDifference else { return nil }
    return FixedPoint.exponentialOfNegative(scaled(difference), integerBits: 5)
  }

  func largest<Value: StoredInteger>(_ source: UnsafePointer<Value>, depth: Int) -> Int32 {
    var largest = Int32(truncatingIfNeeded: Value.min)
    for index in 0..<depth { largest = max(largest, Int32(truncatingIfNeeded: source[index])) }
    return largest
  }

  /// The sum of the exponentials of a row in Q12, which rows of at most 4096 values cannot
  /// overflow; wraps beyond as on the device.
  func sum<Value: StoredInteger>(
    _ source: UnsafePointer<Value>, depth: Int, largest: Int32
  ) -> Int32 {
    var sum: Int32 = 0
    for index in 0..<depth {
      guard let exponential = exponential(Int32(truncatingIfNeeded: source[index]) &- largest)
      else { continue }
      sum &+= FixedPoint.roundingShiftRight(exponential, by: 12)
    }
    return sum
  }

  /// One row of the softmax.
  func softmax<Value: StoredInteger, Result: StoredInteger>(
    _ source: UnsafePointer<Value>, _ result: UnsafeMutablePointer<Result>, depth: Int
  ) {
    let largest = largest(source, depth: depth)
    let sum = sum(source, depth: depth, largest: largest)
    let headroom = Int32(sum.leadingZeroBitCount)
    let fraction = Int32(
      truncatingIfNeeded: (UInt32(bitPattern: sum) &<< UInt32(headroom)) &- (1 << 31))
    let reciprocal = FixedPoint.reciprocalOfOnePlus(fraction)
    // 12 integer bits of the sum less its headroom, then from Q0 to the result's bits.
    let shift = 12 &- headroom &+ 31 &- Int32(Result.bitWidth)
    for index in 0..<depth {
      let difference = Int32(truncatingIfNeeded: source[index]) &- largest
      guard let exponential = exponential(difference) else {
        result[index] = .min
        continue
      }
      let product = FixedPoint.roundingDoublingHighMultiply(reciprocal, exponential)
      let share = FixedPoint.roundingShiftRight(product, by: max(0, min(shift, 31)))
      result[index] = Result(clamping: share &+ Int32(truncatingIfNeeded: Result.min))
    }
  }
}
