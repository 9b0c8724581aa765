/// Operators that multiply and accumulate: convolutions, matrix products, windows.
extension OperatorDefinition {
  static let compute = [
    OperatorDefinition(
      "AVERAGE_POOL_2D", class: .pooling, read: { .averagePool2D(try $0.window()) },
      rule: { try $0.pooledType() }),
    OperatorDefinition(
      "MAX_POOL_2D", class: .pooling, read: { .maxPool2D(try $0.window()) },
      rule: { try $0.pooledType() }),
    OperatorDefinition(
      "L2_POOL_2D", class: .pooling, read: { .l2Pool2D(try $0.window()) },
      rule: { try $0.pooledType() }),
    OperatorDefinition(
      "CONV_2D", inputs: 2...3, class: .convolution,
      read: { .conv2D(try $0.convolution(activationField: 3)) },
      rule: { try $0.convolvedType() }),
    OperatorDefinition(
      "DEPTHWISE_CONV_2D", inputs: 2...3, class: .depthwiseConvolution,
      read: {
        .depthwiseConv2D(
          try $0.convolution(activationField: 4), depthMultiplier: try $0.int32(3))
      }, rule: { try $0.convolvedType() }),
    OperatorDefinition(
      "FULLY_CONNECTED", inputs: 2...3, class: .fullyConnected,
      read: { try $0.fullyConnected() }, rule: { try $0.fullyConnectedType() }),
  ]
}
