import Glibc
import NeuralNetworks

/// `LOGISTIC` and `TANH` on quantized values.
enum LogisticKernels {
  /// In fixed point, as TensorFlow Lite's `integer_ops/logistic.h`; the output has scale 1/256 and
  /// zero point -128. XNNPACK tabulates.
  static func int8(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    guard context.isUnary(.int8) else { return nil }
    if context.arithmetic == .singleRounding { return try table(context, Int8.self) }
    try context.requireOutput(scale: 0x1p-8, zeroPoint: -128)
    return try fixedPoint(context) { q4 in
      FixedPoint.roundingShiftRight(FixedPoint.logistic(q4), by: 23) &- 128
    }
  }

  static func uint8(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    guard context.isUnary(.uint8) else { return nil }
    return try table(context, UInt8.self)
  }

  /// `TANH`, as TensorFlow Lite's `integer_ops/tanh.h`; the output has scale 1/128.
  static func tanhInt8(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    guard context.isUnary(.int8), case .activate(.tanh) = context.op.operation,
      context.arithmetic != .singleRounding
    else { return nil }
    try context.requireOutput(scale: 0x1p-7, zeroPoint: 0)
    return try fixedPoint(context) { q4 in
      FixedPoint.roundingShiftRight(FixedPoint.hyperbolicTangent(q4), by: 24)
    }
  }

  /// Inputs beyond what Q4 holds saturate.
  private static func fixedPoint(
    _ context: KernelContext, _ function: @escaping @Sendable (Int32) -> Int32
  ) throws(ModelError) -> KernelBody? {
    let input = try context.quantization(of: context.input(0))
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
          result[index] = Int8(clamping: function(arithmetic.scale(centered, by: multiplier)))
        }
      }
    }
  }

  private static func table<Value: StoredInteger>(
    _ context: KernelContext, _: Value.Type
  ) throws(ModelError) -> KernelBody? {
    let table = ByteTable(
      Value.self, input: try context.quantization(of: context.input(0)),
      output: try context.quantization(of: context.output), context.arithmetic
    ) { 1 / (1 + expf(-$0)) }
    return context.byteMap(table)
  }

  static func int16(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    guard case .logistic = context.op.operation else { return nil }
    return try interpolated(context, exactShifts: 0...0) { table, value, scaling in
      table.sigmoid(value, scaling)
    }
  }

  static func tanhInt16(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    guard case .activate(.tanh) = context.op.operation else { return nil }
    return try interpolated(context, exactShifts: 0...1) { table, value, scaling in
      table.hyperbolicTangent(value, scaling)
    }
  }

  /// - Parameter exactShifts: input scales 2^-12 * 2^shift that are taken as they are.
  private static func interpolated(
    _ context: KernelContext, exactShifts: ClosedRange<Int32>,
    _ function: @escaping @Sendable (SigmoidTable, Int16, SigmoidTable.Scaling) -> Int16
  ) throws(ModelError) -> KernelBody? {
    guard context.isUnary(.int16) else { return nil }
    let input = try context.quantization(of: context.input(0))
    try context.requireOutput(scale: 0x1p-15, zeroPoint: 0)
    let exponent = log2(input.scale)
    let exact: Int32? =
      exponent == exponent.rounded() && abs(exponent) < 64 ? Int32(exponent) + 12 : nil
    let scaling =
      exact.flatMap { exactShifts.contains($0) ? SigmoidTable.Scaling(powerOfTwo: $0) : nil }
      ?? SigmoidTable.Scaling(scale: input.scale)
    guard let scaling, input.zeroPoint == 0 else {
      throw context.failure(
        found: "scale \(input.scale), zero point \(input.zeroPoint)",
        expected: "an input scale below 2 and zero point 0")
    }
    let table = SigmoidTable()
    let count = context.output.shape.elementCount
    return { operands in
      let source = operands.input(0, as: Int16.self)
      let result = operands.output(as: Int16.self)
      for index in 0..<count { result[index] = function(table, source[index], scaling) }
    }
  }

  static func float32(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    guard context.isUnary(.float32) else { return nil }
    let count = context.output.shape.elementCount
    return { operands in
      let source = operands.input(0, as: Float.self)
      let result = operands.output(as: Float.self)
      for index in 0..<count { result[index] = 1 / (1 + expf(-source[index])) }
    }
  }
}

extension KernelContext {
  /// For functions whose result has one quantization only.
  func requireOutput(scale: Double, zeroPoint: Int32) throws(ModelError) {
    let stated = try quantization(of: output)
    guard abs(stated.scale - scale) <= 0.001 * scale, stated.zeroPoint == zeroPoint else {
      throw failure(
        found: "an output of scale \(stated.scale), zero point \(stated.zeroPoint)",
        expected: "scale \(scale) and zero point \(zeroPoint)")
    }
  }
}
