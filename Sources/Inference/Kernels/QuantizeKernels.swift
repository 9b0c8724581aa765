import NeuralNetworks

/// `QUANTIZE` and `DEQUANTIZE`.
enum QuantizeKernels {
  /// From float to 8 bits: `round(real / scale) + zero point`, half away from zero, clamped.
  static func float32(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    guard context.input(0).elementType == .float32, let range = context.output.elementType.range8
    else { return nil }
    let output = try context.quantization(of: context.output)
    let scale = Float(output.scale)
    let count = context.output.shape.elementCount
    return { operands in
      let source = operands.input(0, as: Float.self)
      let result = operands.output(as: UInt8.self)
      for index in 0..<count {
        let steps = (source[index] / scale).rounded(.toNearestOrAwayFromZero)
        let bounded = Int32(max(-1e6, min(1e6, steps.isNaN ? 0 : steps)))
        let stored = min(max(bounded &+ output.zeroPoint, range.low), range.high)
        result[index] = UInt8(truncatingIfNeeded: stored)
      }
    }
  }

  /// Between two 8-bit quantizations.
  static func requantize(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    guard let sourceRange = context.input(0).elementType.range8,
      let range = context.output.elementType.range8
    else { return nil }
    let input = try context.quantization(of: context.input(0))
    let output = try context.quantization(of: context.output)
    let multiplier = try context.multiplier(input.scale / output.scale)
    let count = context.output.shape.elementCount
    let arithmetic = context.arithmetic
    return { operands in
      let source = operands.input(0, as: UInt8.self)
      let result = operands.output(as: UInt8.self)
      for index in 0..<count {
        let value = sourceRange.value(of: source[index]) &- input.zeroPoint
        let stored = arithmetic.scale(value, by: multiplier) &+ output.zeroPoint
        result[index] = UInt8(truncatingIfNeeded: min(max(stored, range.low), range.high))
      }
    }
  }

  static func dequantize(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    guard let range = context.input(0).elementType.range8, context.output.elementType == .float32
    else { return nil }
    let input = try context.quantization(of: context.input(0))
    let count = context.output.shape.elementCount
    return { operands in
      let source = operands.input(0, as: UInt8.self)
      let result = operands.output(as: Float.self)
      for index in 0..<count {
        let steps = range.value(of: source[index]) &- input.zeroPoint
        result[index] = Float(input.scale * Double(steps))
      }
    }
  }
}

/// The values of an 8-bit element type.
struct Range8: Sendable {
  let low: Int32
  let high: Int32

  @inline(__always)
  func value(of byte: UInt8) -> Int32 { low < 0 ? Int32(Int8(bitPattern: byte)) : Int32(byte) }
}

extension ElementType {
  fileprivate var range8: Range8? {
    switch self {
    case .int8: Range8(low: -128, high: 127)
    case .uint8: Range8(low: 0, high: 255)
    default: nil
    }
  }
}
