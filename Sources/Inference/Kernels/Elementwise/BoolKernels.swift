import NeuralNetworks

/// Operators on bool; any byte but 0 is true.
enum BoolKernels {
  static func binary(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    guard case .binary(let operation, _) = context.op.operation, context.hasOperands(of: .bool)
    else { return nil }
    switch operation {
    case .logicalAnd:
      return context.binaryByCall { (a: UInt8, b: UInt8) -> UInt8 in a != 0 && b != 0 ? 1 : 0 }
    case .logicalOr:
      return context.binaryByCall { (a: UInt8, b: UInt8) -> UInt8 in a != 0 || b != 0 ? 1 : 0 }
    case .bitwiseXor:
      return context.binaryByCall { (a: UInt8, b: UInt8) -> UInt8 in (a != 0) != (b != 0) ? 1 : 0 }
    default: return nil
    }
  }

  static func not(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    guard context.hasOperands(of: .bool) else { return nil }
    return context.unary { (a: UInt8) -> UInt8 in a == 0 ? 1 : 0 }
  }
}
