import NeuralNetworks

/// `CONCATENATION` of 8-bit inputs with other scales than the output's.
///
/// Source: `ConcatenationWithScaling` of TensorFlow Lite's reference kernels, which is for uint8;
/// the same is done for int8, where LiteRT refuses and tflite-micro copies what is stored.
enum ConcatenationRescaling {
  private struct Part {
    let table: [UInt8]
    /// Bytes that lie together, in the input and in the output.
    let count: Int
    let start: Int
  }

  static func body(_ context: KernelContext, axis: Int) throws(ModelError) -> KernelBody {
    let whole = context.output
    guard whole.elementType == .int8 || whole.elementType == .uint8 else {
      throw context.failure(
        found: "different quantizations of inputs and output",
        expected: "equal ones of \(whole.elementType)")
    }
    let inner = whole.shape.dimensions[(axis + 1)...].reduce(1, *)
    let outer = whole.shape.dimensions[..<axis].reduce(1, *)
    var parts: [Part] = []
    var start = 0
    for index in context.op.inputs.indices {
      let input = context.input(index)
      let count = input.shape[axis] * inner
      parts.append(Part(table: try table(context, input), count: count, start: start))
      start += count
    }
    let (step, all) = (start, parts)
    return { operands in
      let output = operands.output(as: UInt8.self)
      for (index, part) in all.enumerated() {
        let input = operands.input(index, as: UInt8.self)
        for row in 0..<outer {
          let (source, result) = (input + row &* part.count, output + (row &* step &+ part.start))
          for place in 0..<part.count { result[place] = part.table[Int(source[place])] }
        }
      }
    }
  }

  /// The output's byte for each byte of an input: floats of 32 bits, halves away from zero.
  private static func table(
    _ context: KernelContext, _ input: Tensor
  ) throws(ModelError) -> [UInt8] {
    guard input.quantization != context.output.quantization else { return (0...255).map { $0 } }
    let (source, result) = (
      try context.quantization(of: input), try context.quantization(of: context.output)
    )
    let ratio = Float(source.scale) * (1 / Float(result.scale))
    let scale = try context.multiplier(Double(ratio)).factor
    let bias = -Float(source.zeroPoint) * scale
    let isSigned = input.elementType == .int8
    let limits: ClosedRange<Float> = isSigned ? -128...127 : 0...255
    return (0...255).map { (byte: UInt8) in
      let stored = isSigned ? Float(Int8(bitPattern: byte)) : Float(byte)
      let steps = (stored * scale + bias).rounded(.toNearestOrAwayFromZero)
      let value = min(max(steps + Float(result.zeroPoint), limits.lowerBound), limits.upperBound)
      return UInt8(truncatingIfNeeded: Int(value))
    }
  }
}
