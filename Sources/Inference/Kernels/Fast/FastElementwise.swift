import CKernels
import NeuralNetworks

/// Operators whose elements do not see each other.
enum FastElementwise {
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
    let parameters = try AddParameters(context, activation: activation)
    let scales = [parameters.left, parameters.right, parameters.sum].map {
      ck_scale($0, context.elementwiseArithmetic)
    }
    guard scales.allSatisfy({ $0.factor.isFinite }) else { return nil }
    let add = ck_add(
      left_zero_point: parameters.leftZeroPoint, right_zero_point: parameters.rightZeroPoint,
      left: scales[0], right: scales[1], sum: scales[2], zero_point: parameters.zeroPoint,
      low: parameters.range.low, high: parameters.range.high)
    let count = context.output.shape.elementCount
    return FastBody { operands in
      withUnsafePointer(to: add) { add in
        ck_add_run(
          variant.pointer, add, operands.input(0, as: Int8.self),
          operands.input(1, as: Int8.self), operands.output(as: Int8.self),
          count &* operands.sampleCount)
      }
    }
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
