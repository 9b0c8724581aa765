import NeuralNetworks

/// Software that runs networks on a device, with its prices.
public struct Runtime: Sendable, Equatable {
  public var name: String
  /// The family of int8 arithmetic, by the name that the executor gives it.
  public var arithmetic: String
  public var cyclesPerInference: Figure
  public var cyclesPerOperator: Figure
  /// What is not listed is not supported, but for bookkeeping, which every runtime has.
  public var prices: [OperatorPrice]
  public var frontEnds: [FrontEndPrice]
  /// Flash of the runtime and its kernels; nil where unknown.
  public var codeBytes: Figure?
  /// Factor from a prediction to the truth, from calibration: the residual error bar.
  public var residual: Figure

  public init(
    name: String, arithmetic: String, cyclesPerInference: Figure, cyclesPerOperator: Figure,
    prices: [OperatorPrice], frontEnds: [FrontEndPrice], codeBytes: Figure?, residual: Figure
  ) {
    self.name = name
    self.arithmetic = arithmetic
    self.cyclesPerInference = cyclesPerInference
    self.cyclesPerOperator = cyclesPerOperator
    self.prices = prices
    self.frontEnds = frontEnds
    self.codeBytes = codeBytes
    self.residual = residual
  }

  func price(of work: OperatorWorkload) -> OperatorPrice? {
    prices.first {
      $0.operatorClass == work.operatorClass && $0.elementType == work.elementType
    }
  }
}
