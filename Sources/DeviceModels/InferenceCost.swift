import NeuralNetworks

/// What one operator costs.
public struct OperatorCost: Sendable, Equatable {
  public var name: String
  public var operatorClass: OperatorClass
  public var macs: Int
  public var cost: Cost
}

/// What one inference costs. With unsupported operators it is the cost of the others.
public struct InferenceCost: Sendable, Equatable {
  public var operators: [OperatorCost]
  /// Of the invocation itself.
  public var overhead: Cost
  public var total: Cost
  public var verdicts: [Verdict]
}
