import Glibc
import NeuralNetworks

/// `SOFTMAX` over the last axis.
enum SoftmaxKernels {
  static func int8(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    context.arithmetic == .singleRounding
      ? try tabulated(context, Int8.self, zeroPoint: -128)
      : try fixedPoint(context, Int8.self, Int8.self, scale: 0x1p-8, zeroPoint: -128)
  }

  static func uint8(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    context.arithmetic == .singleRounding
      ? try tabulated(context, UInt8.self, zeroPoint: 0)
      : try fixedPoint(context, UInt8.self, UInt8.self, scale: 0x1p-8, zeroPoint: 0)
  }

  static func int8ToInt16(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    try fixedPoint(context, Int8.self, Int16.self, scale: 0x1p-16, zeroPoint: -32_768)
  }

  /// In fixed point, as TensorFlow Lite's `reference/softmax.h`; sums are Q12.
  private static func fixedPoint<Value: StoredInteger, Result: StoredInteger>(
    _ context: KernelContext, _: Value.Type, _: Result.Type, scale: Double, zeroPoint: Int32
  ) throws(ModelError) -> KernelBody? {
    guard context.input(0).elementType == Value.elementType,
      context.output.elementType == Result.elementType,
      case .softmax(let beta) = context.op.operation
    else { return nil }
    try context.requireOutput(scale: scale, zeroPoint: zeroPoint)
    let exponential = try ScaledExponential(context, beta: beta)
    let depth = context.output.shape.dimensions.last ?? 1
    let rows = context.output.shape.elementCount / max(depth, 1)
    return { operands in
      let source = operands.input(0, as: Value.self)
      let result = operands.output(as: Result.self)
      for row in 0..<rows {
        exponential.softmax(source + row &* depth, result + row &* depth, depth: depth)
      }
    }
  }

  /// As LiteRT's default kernel, which XNNPACK leaves it to: float exponentials from a table.
  private static func tabulated<Value: StoredInteger>(
    _ context: KernelContext, _: Value.Type, zeroPoint: Int32
  ) throws(ModelError) -> KernelBody? {
    guard context.isUnary(Value.elementType), case .softmax(let beta) = context.op.operation else {
      return nil
    }
    try context.requireOutput(scale: 0x1p-8, zeroPoint: zeroPoint)
    let input = try context.quantization(of: context.input(0))
    let factor = -Float(input.scale) * beta
    guard beta > 0, factor.isFinite else {
      throw context.failure(
        found: "beta \(beta) and an input scale of \(input.scale)",
        expected: "a positive beta, and a finite product")
    }
    // By the distance from the largest value.
    let exponentials = (0...255).map { expf(factor * Float($0)) }
    let depth = context.output.shape.dimensions.last ?? 1
    let rows = context.output.shape.elementCount / max(depth, 1)
    return { operands in
      let source = operands.input(0, as: Value.self)
      let result = operands.output(as: Value.self)
      for start in stride(from: 0, to: rows &* depth, by: depth) {
        var largest = Int32(Value.min)
        for index in 0..<depth { largest = max(largest, Int32(source[start &+ index])) }
        var sum: Float = 0
        for index in 0..<depth {
          sum += exponentials[Int(largest &- Int32(source[start &+ index]))]
        }
        let inverse = 1 / (sum * 0x1p-8)
        for index in 0..<depth {
          let share = exponentials[Int(largest &- Int32(source[start &+ index]))] * inverse
          let steps = Int32(min(share.rounded(.toNearestOrAwayFromZero), 1024))
          result[start &+ index] = Value(clamping: steps &+ zeroPoint)
        }
      }
    }
  }

  static func float32(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    guard context.isUnary(.float32), case .softmax(let beta) = context.op.operation else {
      return nil
    }
    let depth = context.output.shape.dimensions.last ?? 1
    let rows = context.output.shape.elementCount / max(depth, 1)
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
