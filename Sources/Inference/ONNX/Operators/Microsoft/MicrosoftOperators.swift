import NeuralNetworks

/// Float operators of `com.microsoft` that ONNX Runtime's optimizers put in a model.
enum MicrosoftOperators {
  static let table: [String: OperatorBody] = [
    "Attention": AttentionOperators.attention,
    "BiasGelu": one(FusedOperators.biasGelu(usesTanh: false)),
    "EmbedLayerNormalization": EmbeddingOperators.embed,
    "FastGelu": one(FusedOperators.biasGelu(usesTanh: true)),
    "FusedConv": one(FusedOperators.conv),
    "FusedGemm": one(FusedOperators.gemm),
    "FusedMatMul": one(FusedOperators.matMul),
    "Gelu": one(FusedOperators.biasGelu(usesTanh: false)),
    "MatMulNBits": one(BlockQuantizedMatMul.multiply),
    "MultiHeadAttention": AttentionOperators.multiHead,
    "QAttention": AttentionOperators.quantized,
    "QuickGelu": UnaryOperators.real { call throws(ModelError) in
      Activations.Swish(alpha: try call.float("alpha", default: 1.702))
    },
    "SkipLayerNormalization": EmbeddingOperators.skip(centered: true),
    "SkipSimplifiedLayerNormalization": EmbeddingOperators.skip(centered: false),
  ]
}
