import Glibc
import NeuralNetworks

/// `LOGISTIC`.
enum LogisticKernels {
  /// In fixed point, as TensorFlow Lite's `integer_ops/logistic.h`; the output has scale 1/256 and
  /// zero point -128.
  static func int8(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    guard context.input(0).elementType == .int8, context.output.elementType == .int8 else {
      return nil
    }
    let input = try context.quantization(of: context.input(0))
    let output = try context.quantization(of: context.output)
    guard output.scale == 0x1p-8, output.zeroPoint == -128 else {
      throw context.failure(
        found: "an output of scale \(output.scale), zero point \(output.zeroPoint)",
        expected: "scale 1/256 and zero point -128")
    }
    let multiplier = try context.multiplier(input.scale * 0x1p27)
    let radius = FixedPoint.inputRadius(integerBits: 4, leftShift: multiplier.leftShift)
    let count = context.output.shape.elementCount
    let arithmetic = context.arithmetic
    return { operands in
      let source = operands.input(0, as: Int8.self)
      let result = operands.output(as: Int8.self)
      for index in 0..<count {
        let centered = Int32(source[index]) &- input.zeroPoint
        if centered <= 0 &- radius {
          result[index] = -128
        } else if centered >= radius {
          result[index] = 127
        } else {
          let q4 = arithmetic.scale(centered, by: multiplier)
          let q8 = FixedPoint.roundingShiftRight(FixedPoint.logistic(q4), by: 23)
          result[index] = Int8(clamping: q8 &- 128)
        }
      }
    }
  }

  static func float32(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    guard context.input(0).elementType == .float32, context.output.elementType == .float32 else {
      return nil
    }
    let count = context.output.shape.elementCount
    return { operands in
      let source = operands.input(0, as: Float.self)
      let result = operands.output(as: Float.self)
      for index in 0..<count { result[index] = 1 / (1 + expf(-source[index])) }
    }
  }
}
