import NeuralNetworks

extension DifferentiableActivation {
  /// Nil for none.
  init?(fused activation: Activation) {
    switch activation {
    case .none: return nil
    case .relu: self = .relu
    case .relu6: self = .relu6
    case .reluMinus1To1: self = .reluMinus1To1
    }
  }

  /// Nil for an operator that is no function of one element.
  init?(_ operation: Operation) {
    switch operation {
    case .activate(.relu): self = .relu
    case .activate(.relu6): self = .relu6
    case .activate(.reluMinus1To1): self = .reluMinus1To1
    case .activate(.tanh): self = .tanh
    case .activate(.elu): self = .elu
    case .activate(.hardSwish): self = .hardSwish
    case .logistic: self = .logistic
    case .leakyReLU(let slope): self = .leakyReLU(slope: slope)
    case .gelu(isApproximate: true): self = .gelu
    default: return nil
    }
  }
}
