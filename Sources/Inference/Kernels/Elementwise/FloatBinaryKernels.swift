import Glibc
import NeuralNetworks

/// Arithmetic on two operands of float32.
enum FloatBinaryKernels {
  static func prepare(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    guard case .binary(let operation, let activation) = context.op.operation,
      context.hasOperands(of: .float32)
    else { return nil }
    let (low, high) = context.floatRange(of: activation)
    @inline(__always)
    func clamped(_ function: @escaping @Sendable (Float, Float) -> Float) -> KernelBody {
      context.binary { (a: Float, b: Float) in min(max(function(a, b), low), high) }
    }
    switch operation {
    case .add: return clamped { $0 + $1 }
    case .subtract: return clamped { $0 - $1 }
    case .multiply: return clamped { $0 * $1 }
    case .divide: return clamped { $0 / $1 }
    case .maximum: return context.binary { (a: Float, b: Float) in a > b ? a : b }
    case .minimum: return context.binary { (a: Float, b: Float) in a < b ? a : b }
    case .squaredDifference:
      return context.binary { (a: Float, b: Float) in (a - b) * (a - b) }
    case .power: return context.binary { (a: Float, b: Float) in powf(a, b) }
    case .arcTangent: return context.binary { (a: Float, b: Float) in atan2f(a, b) }
    case .floorDivide:
      return context.binary(failing: .divisionByZero, where: { (b: Float) in b == 0 }) { a, b in
        (a / b).rounded(.down)
      }
    case .floorModulo:
      return context.binary(failing: .divisionByZero, where: { (b: Float) in b == 0 }) { a, b in
        let remainder = fmodf(a, b)
        return remainder != 0 && (b < 0) != (remainder < 0) ? remainder + b : remainder
      }
    default: return nil
    }
  }
}
