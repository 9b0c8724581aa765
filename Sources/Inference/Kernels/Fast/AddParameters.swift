import NeuralNetworks

/// How the int8 `ADD` rescales.
struct AddParameters: Sendable {
  let leftZeroPoint, rightZeroPoint, zeroPoint: Int32
  let left, right, sum: FixedPointMultiplier
  let range: (low: Int32, high: Int32)

  /// - Throws: when a quantization cannot be used.
  init(_ context: KernelContext, activation: Activation) throws(ModelError) {
    let first = try context.quantization(of: context.input(0))
    let second = try context.quantization(of: context.input(1))
    let output = try context.quantization(of: context.output)
    let common = 2 * max(first.scale, second.scale)
    left = try context.multiplier(first.scale / common)
    right = try context.multiplier(second.scale / common)
    sum = try context.multiplier(common / (Double(1 << 20) * output.scale))
    (leftZeroPoint, rightZeroPoint) = (first.zeroPoint, second.zeroPoint)
    zeroPoint = output.zeroPoint
    range = context.int8Range(
      of: activation, scale: output.scale, zeroPoint: output.zeroPoint)
  }
}
