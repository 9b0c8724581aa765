import NeuralNetworks

/// An operator of one output that is always a tensor.
func one(
  _ body: @escaping @Sendable (OperatorCall) throws(ModelError) -> TensorValue
) -> OperatorBody {
  { (call) throws(ModelError) in [.tensor(try body(call))] }
}

/// Every supported operator, by domain and type.
enum OperatorTable {
  static func body(of node: ONNXNode) -> OperatorBody? {
    domains.first { $0.domain == node.domain }?.operators[node.operatorType]
  }

  /// Names of all operators of a domain, sorted.
  static func names(inDomain domain: String) -> [String] {
    domains.first { $0.domain == domain }?.operators.keys.sorted() ?? []
  }

  static let domains: [(domain: String, operators: [String: OperatorBody])] = [
    ("", standard),
    (
      "com.microsoft",
      QuantizedOperators.microsoft.merging(MicrosoftOperators.table) { first, _ in first }
    ),
  ]

  private static let standard: [String: OperatorBody] = [
    arithmetic, logic, activations, mathematics,
    movement, generation, search, control, sequences,
    reductions, normalizations, windows, matrices, QuantizedOperators.standard,
    recurrent, images, signals, losses,
  ].reduce(into: [:]) { all, part in all.merge(part) { first, _ in first } }
}
