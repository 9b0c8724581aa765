import CKernels
import NeuralNetworks

/// Operators whose elements do not see each other.
enum FastElementwise {
  /// Elements from which on it pays to look for a plain sum, which takes as long as adding 300,000.
  private static let fewestPlainSums = 1024

  /// `ADD` of equal shapes, both computed.
  static func add(
    _ context: KernelContext, _ variant: KernelVariant
  ) throws(ModelError) -> FastBody? {
    let (first, second) = (context.input(0), context.input(1))
    guard first.elementType == .int8, second.elementType == .int8,
      context.output.elementType == .int8, first.constant == nil, second.constant == nil,
      first.shape == second.shape, first.shape == context.output.shape,
      case .binary(.add, let activation) = context.op.operation
    else { return nil }
    let q = try QuantizedOperands(context, activation)
    let scales = try addScales(context, q)
    guard scales.allSatisfy({ $0.factor.isFinite }) else { return nil }
    var prepared = ck_add(
      left_zero_point: q.left.zeroPoint, right_zero_point: q.right.zeroPoint,
      left: scales[0], right: scales[1], sum: scales[2], zero_point: q.output.zeroPoint,
      low: q.range.low, high: q.range.high, plain: ck_plain_sum())
    let count = context.output.shape.elementCount
    if count >= Self.fewestPlainSums { ck_add_prepare(variant.pointer, &prepared) }
    let add = prepared
    return FastBody { operands in
      withUnsafePointer(to: add) { add in
        ck_add_run(
          variant.pointer, add, operands.input(0, as: Int8.self),
          operands.input(1, as: Int8.self), operands.output(as: Int8.self),
          count &* operands.sampleCount)
      }
    }
  }

  /// Of the left operand, of the right one and of their sum.
  private static func addScales(
    _ context: KernelContext, _ q: QuantizedOperands
  ) throws(ModelError) -> [ck_scale] {
    if context.arithmetic == .singleRounding {
      let sum = q.xnnpackSum(sign: 1)
      return [sum.left, sum.right, 1].map {
        ck_scale(
          significand: $0, left_shift: 0, right_shift: sum.shift, factor: 0,
          rounding: Int32(CK_ROUND_SINGLE.rawValue))
      }
    }
    let factors = q.commonScaleFactors(shift: 20, isSingle: false)
    var scales: [ck_scale] = []
    for factor in [factors.left, factors.right, factors.output] {
      scales.append(ck_scale(try context.multiplier(factor), context.elementwiseArithmetic))
    }
    return scales
  }

  /// Operators from 8 bits to 8 bits: the reference kernel says what becomes of each byte.
  static func table(
    _ context: KernelContext, _ variant: KernelVariant
  ) throws(ModelError) -> FastBody? {
    let count = context.output.shape.elementCount
    guard context.input(0).elementType.byteCount(of: 1) == 1,
      context.output.elementType.byteCount(of: 1) == 1, context.input(0).constant == nil,
      context.input(0).shape.elementCount == count, count > 0
    else { return nil }
    guard let table = try byteTable(of: context) else { return nil }
    return FastBody { operands in
      table.withUnsafeBufferPointer { table in
        ck_table_run(
          table.baseAddress, operands.input(0, as: Int8.self), operands.output(as: Int8.self),
          count &* operands.sampleCount)
      }
    }
  }

  /// The reference kernel run on all 256 bytes.
  private static func byteTable(of context: KernelContext) throws(ModelError) -> [Int8]? {
    guard let input = context.op.inputs.first, let input, input != context.op.outputs[0] else {
      return nil
    }
    var subgraph = context.subgraph
    subgraph.tensors[input].shape = [256]
    subgraph.tensors[context.op.outputs[0]].shape = [256]
    let context = KernelContext(
      op: context.op, subgraph: subgraph, arithmetic: context.arithmetic, kernels: .reference,
      place: context.place)
    let kernel = try KernelTable.prepare(context)
    let source = (0..<256).map { Int8(truncatingIfNeeded: $0) }
    return source.withUnsafeBytes { source in
      [Int8](unsafeUninitializedCapacity: 256) { result, count in
        let inputs: [UnsafeRawPointer?] = [source.baseAddress]
        let outputs: [UnsafeMutableRawPointer?] = [UnsafeMutableRawPointer(result.baseAddress)]
        inputs.withUnsafeBufferPointer { inputs in
          outputs.withUnsafeBufferPointer { outputs in
            guard let inputs = inputs.baseAddress, let outputs = outputs.baseAddress else { return }
            kernel.body(KernelOperands(inputs: inputs, outputs: outputs))
          }
        }
        count = 256
      }
    }
  }

  /// `RESHAPE` moves bytes.
  static func copy(
    _ context: KernelContext, _ variant: KernelVariant
  ) throws(ModelError) -> FastBody? {
    let count = context.output.byteCount
    guard context.input(0).constant == nil, context.input(0).byteCount == count else { return nil }
    return FastBody { operands in
      let (source, result) = (operands.input(0, as: UInt8.self), operands.output(as: UInt8.self))
      // The planner may have given both one place.
      guard source != UnsafePointer(result) else { return }
      result.update(from: source, count: count &* operands.sampleCount)
    }
  }
}
