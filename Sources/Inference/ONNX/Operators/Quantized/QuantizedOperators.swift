import NeuralNetworks

/// Tables of the quantized operators, and of what ONNX Runtime's quantizer and optimizer emit.
enum QuantizedOperators {
  static let standard: [String: OperatorBody] = [
    "ConvInteger": one(QuantizedConvolutionOperators.convInteger),
    "DequantizeLinear": one(LinearQuantization.dequantize),
    "DynamicQuantizeLinear": LinearQuantization.dynamicQuantize,
    "MatMulInteger": one(QuantizedMatrixOperators.matMulInteger),
    "QLinearConv": one(QuantizedConvolutionOperators.qLinearConv),
    "QLinearMatMul": one(QuantizedMatrixOperators.qLinearMatMul),
    "QuantizeLinear": one(LinearQuantization.quantize),
  ]

  static let microsoft: [String: OperatorBody] = [
    "DequantizeLinear": one(LinearQuantization.dequantize),
    "DynamicQuantizeMatMul": one(QuantizedMatrixOperators.dynamicQuantizeMatMul),
    "MatMulIntegerToFloat": one(QuantizedMatrixOperators.matMulIntegerToFloat),
    "QGemm": one(QuantizedMatrixOperators.qGemm),
    "QLinearAdd": one(QuantizedElementwise.add),
    "QLinearAveragePool": one(QuantizedPoolOperators.averagePool),
    "QLinearConcat": one(QuantizedElementwise.concat),
    "QLinearConv": one(QuantizedConvolutionOperators.qLinearConv),
    "QLinearGlobalAveragePool": one(QuantizedPoolOperators.globalAveragePool),
    "QLinearLeakyRelu": QuantizedElementwise.function(QuantizedElementwise.leakyRelu),
    "QLinearMul": one(QuantizedElementwise.multiply),
    "QLinearSigmoid": QuantizedElementwise.function(QuantizedElementwise.sigmoid),
    "QLinearSoftmax": one(QuantizedSoftmax.softmax),
    "QLinearWhere": one(QuantizedElementwise.choose),
    "QuantizeLinear": one(LinearQuantization.quantize),
  ]
}
