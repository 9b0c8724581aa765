import Glibc
import NeuralNetworks

/// `SOFTMAX` over the last axis.
enum SoftmaxKernels {
  /// In fixed point, as TensorFlow Lite's `reference/softmax.h`; sums are Q12.
  static func int8(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    guard context.input(0).elementType == .int8, context.output.elementType == .int8,
      case .softmax(let beta) = context.op.operation
    else { return nil }
    let input = try context.quantization(of: context.input(0))
    let output = try context.quantization(of: context.output)
    guard output.scale == 0x1p-8, output.zeroPoint == -128, beta.isFinite, beta > 0 else {
      throw context.failure(
        found: "beta \(beta), output scale \(output.scale), zero point \(output.zeroPoint)",
        expected: "a positive beta, scale 1/256 and zero point -128")
    }
    let factor = Double(beta) * input.scale * 0x1p26
    guard factor > 1, let multiplier = FixedPointMultiplier(factor) else {
      throw context.failure(
        found: "beta \(beta) and an input scale of \(input.scale)",
        expected: "a product from 2^-26 to 16")
    }
    let smallest = -FixedPoint.inputRadius(integerBits: 5, leftShift: multiplier.leftShift)
    let depth = max(context.output.shape.dimensions.last ?? 1, 1)
    let rows = context.output.shape.elementCount / depth
    let rescaling = SoftmaxRow(multiplier: multiplier, smallestDifference: smallest, depth: depth)
    return { operands in
      let source = operands.input(0, as: Int8.self)
      let result = operands.output(as: Int8.self)
      for row in 0..<rows { rescaling.compute(source + row &* depth, result + row &* depth) }
    }
  }

  static func float32(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    guard context.input(0).elementType == .float32, context.output.elementType == .float32,
      case .softmax(let beta) = context.op.operation
    else { return nil }
    let depth = max(context.output.shape.dimensions.last ?? 1, 1)
    let rows = context.output.shape.elementCount / depth
    return { operands in
      let source = operands.input(0, as: Float.self)
      let result = operands.output(as: Float.self)
      for start in stride(from: 0, to: rows &* depth, by: depth) {
        var largest = -Float.infinity
        for index in 0..<depth { largest = max(largest, source[start &+ index]) }
        var sum: Float = 0
        for index in 0..<depth {
          let value = expf((source[start &+ index] - largest) * beta)
          result[start &+ index] = value
          sum += value
        }
        for index in 0..<depth { result[start &+ index] /= sum }
      }
    }
  }
}

/// One row of the int8 softmax.
struct SoftmaxRow: Sendable {
  let multiplier: FixedPointMultiplier
  /// Differences below this give probability 0.
  let smallestDifference: Int32
  let depth: Int

  func compute(_ source: UnsafePointer<Int8>, _ result: UnsafeMutablePointer<Int8>) {
    var largest = Int32(-128)
    for index in 0..<depth { largest = max(largest, Int32(source[index])) }
    var sum: Int32 = 0
    for index in 0..<depth {
      guard let exponential = exponential(Int32(source[index]) &- largest) else { continue }
      sum &+= FixedPoint.roundingShiftRight(exponential, by: 12)
    }
    let headroom = Int32(sum.leadingZeroBitCount)
    let fraction = Int32(
      truncatingIfNeeded: (UInt32(bitPattern: sum) &<< UInt32(headroom)) &- (1 << 31))
    let reciprocal = FixedPoint.reciprocalOfOnePlus(fraction)
    // 12 integer bits of the sum less its headroom, then from Q0 to 8 bits.
    let shift = 12 &- headroom &+ 31 &- 8
    for index in 0..<depth {
      guard let exponential = exponential(Int32(source[index]) &- largest) else {
        result[index] = -128
        continue
      }
      let product = FixedPoint.roundingDoublingHighMultiply(reciprocal, exponential)
      let stored = FixedPoint.roundingShiftRight(product, by: min(shift, 31)) &- 128
      result[index] = Int8(clamping: stored)
    }
  }

  /// e^difference in Q0; nil when it is too small to matter.
  private func exponential(_ difference: Int32) -> Int32? {
    guard difference >= smallestDifference else { return nil }
    let scaled = FixedPoint.roundingDoublingHighMultiply(
      difference &<< multiplier.leftShift, multiplier.significand)
    return FixedPoint.exponentialOfNegative(scaled, integerBits: 5)
  }
}
