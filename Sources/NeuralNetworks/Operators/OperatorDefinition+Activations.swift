/// Activation functions and normalizations.
extension OperatorDefinition {
  static let activations: [OperatorDefinition] =
    ActivationFunction.allCases.map { function in
      OperatorDefinition(
        function.rawValue, class: .elementwise, read: { _ in .activate(function) },
        rule: { try $0.typeOfInput() })
    } + [
      OperatorDefinition(
        "GELU", class: .elementwise, read: { .gelu(isApproximate: try $0.bool(0)) },
        rule: { try $0.typeOfInput() }),
      OperatorDefinition(
        "LEAKY_RELU", class: .elementwise, read: { .leakyReLU(slope: try $0.float(0)) },
        rule: { try $0.typeOfInput() }),
      OperatorDefinition(.parametricReLU, inputs: 2...2, class: .elementwise) { check in
        let (value, slopes) = (try check.input(0), try check.input(1))
        try check.require(
          try check.broadcast([value.shape, slopes.shape]) == value.shape,
          "slopes that broadcast to \(value.shape)")
        return [value.type]
      },
      OperatorDefinition(
        .logSoftmax, class: .elementwise, rule: { try $0.typeOfInput() }),
      OperatorDefinition(
        "L2_NORMALIZATION", class: .elementwise, read: { _ in .l2Normalization },
        rule: { try $0.typeOfInput() }),
      OperatorDefinition(
        "LOCAL_RESPONSE_NORMALIZATION", class: .elementwise,
        read: { .localResponseNormalization(try $0.localResponseNormalization()) },
        rule: { try $0.typeOfInput() }),
      OperatorDefinition(.densify, rule: { try $0.typeOfInput() }),
    ]
}
