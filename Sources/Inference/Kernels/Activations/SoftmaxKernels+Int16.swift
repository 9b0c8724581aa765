import Glibc
import NeuralNetworks

extension SoftmaxKernels {
  /// With interpolated exponentials and reciprocals, as `SoftmaxInt16` of TensorFlow Lite.
  static func int16(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    guard context.isUnary(.int16), case .softmax(let beta) = context.op.operation else {
      return nil
    }
    try context.requireOutput(scale: 0x1p-15, zeroPoint: 0)
    let input = try context.quantization(of: context.input(0))
    guard beta.isFinite, beta > 0, input.zeroPoint == 0 else {
      throw context.failure(
        found: "beta \(beta), zero point \(input.zeroPoint)",
        expected: "a positive beta and zero point 0")
    }
    let row = SoftmaxRow16(
      multiplier: try context.multiplier(input.scale * Double(beta) / (10.0 / 65_535)),
      arithmetic: context.arithmetic, depth: context.output.shape.dimensions.last ?? 1)
    let rows = context.output.shape.elementCount / max(row.depth, 1)
    return { operands in
      let source = operands.input(0, as: Int16.self)
      let result = operands.output(as: Int16.self)
      for index in 0..<rows {
        row.compute(source + index &* row.depth, result + index &* row.depth)
      }
    }
  }
}

/// One row of the 16-bit softmax.
private struct SoftmaxRow16: Sendable {
  let multiplier: FixedPointMultiplier
  let arithmetic: Arithmetic
  let depth: Int
  /// e^x for x from -10 to 0, in Q0.15.
  private let exponentials: HalfWordTable
  /// 1 / (1 + x) for x from 0 to 1, in Q0.15.
  private let reciprocals: HalfWordTable

  init(multiplier: FixedPointMultiplier, arithmetic: Arithmetic, depth: Int) {
    (self.multiplier, self.arithmetic, self.depth) = (multiplier, arithmetic, depth)
    let unit: Float = 2 / 65_535
    let (low, high) = (unit * -32_768, unit * 32_767)
    exponentials = HalfWordTable(
      low: (10 / 65_535) * -65_535, high: 0, outputLow: low, outputHigh: high
    ) { expf($0) }
    reciprocals = HalfWordTable(
      low: 0, high: (1 / 65_535) * 65_535, outputLow: low, outputHigh: high
    ) { 1 / (1 + $0) }
  }

  /// The result holds the exponentials in between.
  func compute(_ source: UnsafePointer<Int16>, _ result: UnsafeMutablePointer<Int16>) {
    var largest = Int32(Int16.min)
    for index in 0..<depth { largest = max(largest, Int32(source[index])) }
    var sum: Int32 = 0
    for index in 0..<depth {
      let scaled = arithmetic.scale(Int32(source[index]) &- largest, by: multiplier)
      result[index] = exponentials.value(at: Int16(clamping: scaled &+ 32_767))
      sum &+= Int32(result[index])
    }
    let headroom = Int64(max(sum, 1).leadingZeroBitCount)
    let shifted = (Int64(sum) << (headroom - 1) + 1 << 13) >> 14
    let reciprocal = Int64(
      reciprocals.value(at: Int16(clamping: shifted - (1 << 15 + 1 << 16))))
    let shift = 31 - headroom
    for index in 0..<depth {
      let rounded = Int64(result[index]) &* reciprocal &+ 1 << (shift - 1)
      result[index] = Int16(max(0, min(32_767, rounded >> shift)))
    }
  }
}
