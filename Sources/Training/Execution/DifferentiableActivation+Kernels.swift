import CKernels
import ReproducibleMath

extension DifferentiableActivation {
  func apply(
    _ input: UnsafePointer<Float>, into output: UnsafeMutablePointer<Float>, count: Int
  ) {
    switch self {
    case .relu, .relu6, .reluMinus1To1:
      ck_clamp(input, limits.low, limits.high, output, Int64(count))
    case .leakyReLU(let slope):
      for i in 0..<count { output[i] = input[i] > 0 ? input[i] : slope * input[i] }
    default: for i in 0..<count { output[i] = Float(value(Double(input[i]))) }
    }
  }

  /// `gradient = upstream * derivative`. The limits of a clamp have no gradient.
  func differentiate(
    _ input: UnsafePointer<Float>, _ output: UnsafePointer<Float>,
    _ upstream: UnsafePointer<Float>, into gradient: UnsafeMutablePointer<Float>, count: Int
  ) {
    switch self {
    case .relu, .relu6, .reluMinus1To1:
      ck_clamp_gradient(output, limits.low, limits.high, upstream, gradient, Int64(count))
    case .leakyReLU(let slope):
      for i in 0..<count { gradient[i] = input[i] > 0 ? upstream[i] : slope * upstream[i] }
    default:
      for i in 0..<count {
        gradient[i] = upstream[i] * Float(derivative(Double(input[i]), Double(output[i])))
      }
    }
  }

  /// Whether input and output may share memory: the gradient needs the output only.
  var isClamp: Bool {
    switch self {
    case .relu, .relu6, .reluMinus1To1: true
    default: false
    }
  }

  private var limits: (low: Float, high: Float) {
    switch self {
    case .relu: (0, .infinity)
    case .relu6: (0, 6)
    case .reluMinus1To1: (-1, 1)
    default: (-.infinity, .infinity)
    }
  }

  private func value(_ x: Double) -> Double {
    switch self {
    case .tanh: ReproducibleMath.tanh(x)
    case .logistic: ReproducibleMath.logistic(x)
    case .elu: x > 0 ? x : ReproducibleMath.exp(x) - 1
    case .hardSwish: x * min(max(x + 3, 0), 6) / 6
    case .gelu: 0.5 * x * (1 + ReproducibleMath.tanh(Self.geluArgument(x)))
    default: preconditionFailure("a piecewise linear function")
    }
  }

  private func derivative(_ x: Double, _ y: Double) -> Double {
    switch self {
    case .tanh: return 1 - y * y
    case .logistic: return y * (1 - y)
    case .elu: return x > 0 ? 1 : y + 1
    case .hardSwish: return x <= -3 ? 0 : x >= 3 ? 1 : (2 * x + 3) / 6
    case .gelu:
      let t = ReproducibleMath.tanh(Self.geluArgument(x))
      let inner = Self.geluScale * (1 + 3 * 0.044715 * x * x)
      return 0.5 * (1 + t) + 0.5 * x * (1 - t * t) * inner
    default: preconditionFailure("a piecewise linear function")
    }
  }

  /// The approximation by tanh (Hendrycks and Gimpel 2016).
  private static let geluScale = 0.7978845608028654
  private static func geluArgument(_ x: Double) -> Double {
    geluScale * (x + 0.044715 * x * x * x)
  }
}
