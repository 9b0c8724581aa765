import Glibc
import NeuralNetworks

/// Activation functions that are operators of their own: RELU and its clamps, ELU, GELU, TANH.
enum ActivationKernels {
  static func float32(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    guard context.isUnary(.float32), let function = Self.function(context.op.operation) else {
      return nil
    }
    let count = context.output.shape.elementCount
    return { operands in
      let source = operands.input(0, as: Float.self)
      let result = operands.output(as: Float.self)
      for index in 0..<count { result[index] = function(source[index]) }
    }
  }

  /// Functions that 8-bit kernels tabulate from their float form: all but the clamps, HARD_SWISH,
  /// and for families other than XNNPACK's TANH.
  static func table<Value: StoredInteger>(
    _ context: KernelContext, _: Value.Type
  ) throws(ModelError) -> KernelBody? {
    guard context.isUnary(Value.elementType) else { return nil }
    switch context.op.operation {
    case .activate(.elu), .gelu: break
    case .activate(.tanh)
    where context.arithmetic == .singleRounding || Value.elementType == .uint8: break
    default: return nil
    }
    guard var function = Self.function(context.op.operation) else { return nil }
    // The tables of TensorFlow Lite are made without `expm1`.
    if case .activate(.elu) = context.op.operation { function = { $0 < 0 ? expf($0) - 1 : $0 } }
    let table = ByteTable(
      Value.self, input: try context.quantization(of: context.input(0)),
      output: try context.quantization(of: context.output), context.arithmetic, function)
    return context.byteMap(table)
  }

  private static func function(_ operation: Operation) -> (@Sendable (Float) -> Float)? {
    switch operation {
    case .activate(let function): Self.function(function)
    case .leakyReLU(let slope): { $0 > 0 ? $0 : $0 * slope }
    case .gelu(let isApproximate): isApproximate ? approximateGELU : gelu
    default: nil
    }
  }

  private static func function(_ function: ActivationFunction) -> @Sendable (Float) -> Float {
    switch function {
    case .relu: { max($0, 0) }
    case .relu6: { min(max($0, 0), 6) }
    case .reluMinus1To1: { min(max($0, -1), 1) }
    case .relu0To1: { min(max($0, 0), 1) }
    case .tanh: { tanhf($0) }
    case .elu: { $0 < 0 ? expm1f($0) : $0 }
    case .hardSwish: { $0 * min(6, max(0, $0 + 3)) / 6 }
    }
  }

  private static let gelu: @Sendable (Float) -> Float = {
    $0 * 0.5 * erfcf($0 * -Float(0.5).squareRoot())
  }

  private static let approximateGELU: @Sendable (Float) -> Float = { x in
    let root: Float = 0.7978845608
    return 0.5 * x * (1 + tanhf(root * (x + 0.044715 * x * x * x)))
  }
}

extension KernelContext {
  /// Whether the first input and the output are of a type.
  func isUnary(_ type: ElementType) -> Bool {
    input(0).elementType == type && output.elementType == type
  }

  /// The first input's elements beside the second's, which are broadcast to the output.
  func broadcastLoop() -> StridedLoop {
    StridedLoop(broadcasting: [input(0).shape, input(1).shape], to: output.shape)
  }

  /// A kernel that looks every byte up.
  func byteMap(_ table: ByteTable) -> KernelBody {
    let count = output.shape.elementCount
    return { operands in
      let source = operands.input(0, as: UInt8.self)
      let result = operands.output(as: UInt8.self)
      table.values.withUnsafeBufferPointer { values in
        for index in 0..<count { result[index] = values[Int(source[index])] }
      }
    }
  }
}
