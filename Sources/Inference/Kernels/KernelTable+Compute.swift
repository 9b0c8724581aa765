import NeuralNetworks

extension KernelTable {
  /// Products and pools.
  static let compute: [Kernel] = [
    rows(
      "CONV_2D",
      [
        ("int8", ConvolutionKernels.int8), ("uint8", ConvolutionKernels.uint8),
        ("int16", ConvolutionKernels.int16), ("float32", ConvolutionKernels.float32),
        ("hybrid", HybridKernels.convolution),
      ]),
    rows(
      "DEPTHWISE_CONV_2D",
      [
        ("int8", DepthwiseKernels.int8), ("uint8", DepthwiseKernels.uint8),
        ("int16", DepthwiseKernels.int16), ("float32", DepthwiseKernels.float32),
        ("hybrid", HybridKernels.depthwise),
      ]),
    rows(
      "FULLY_CONNECTED",
      [
        ("int8", FullyConnectedKernels.int8), ("uint8", FullyConnectedKernels.uint8),
        ("int16", FullyConnectedKernels.int16), ("float32", FullyConnectedKernels.float32),
        ("hybrid", HybridKernels.fullyConnected),
      ]),
    rows(
      "TRANSPOSE_CONV",
      [
        ("int8", VolumeKernels.transposedInt8), ("uint8", VolumeKernels.transposedUInt8),
        ("int16", VolumeKernels.transposedInt16), ("float32", VolumeKernels.transposedFloat32),
      ]),
    rows("CONV_3D", [("float32", VolumeKernels.volumeFloat32)]),
    rows("CONV_3D_TRANSPOSE", [("float32", VolumeKernels.transposedVolumeFloat32)]),
    rows(
      "BATCH_MATMUL",
      [
        ("int8", MatrixKernels.int8), ("int16", MatrixKernels.int16),
        ("float32", MatrixKernels.float32), ("hybrid", MatrixKernels.hybrid),
      ]),
    rows(
      "AVERAGE_POOL_2D",
      [
        ("int8", of(Int8.self, PoolKernels.average)),
        ("uint8", of(UInt8.self, PoolKernels.average)),
        ("int16", of(Int16.self, PoolKernels.average)),
        ("float32", PoolKernels.averageFloat32),
      ]),
    rows(
      "MAX_POOL_2D",
      [
        ("int8", of(Int8.self, PoolKernels.maximum)),
        ("uint8", of(UInt8.self, PoolKernels.maximum)),
        ("int16", of(Int16.self, PoolKernels.maximum)),
        ("float32", PoolKernels.maxFloat32),
      ]),
    rows("L2_POOL_2D", [("float32", PoolKernels.l2Float32)]),
  ].flatMap { $0 }

  /// Activation functions, normalizations, and steps between element types.
  static let activations: [Kernel] =
    ActivationFunction.allCases.flatMap { rows($0.rawValue, sharing: .inPlace, activationTypes) }
    + functions

  private static let functions: [Kernel] =
    [
      rows("GELU", activationTypes),
      rows(
        "LEAKY_RELU",
        [
          ("int8", of(Int8.self, RectifierKernels.leaky)),
          ("uint8", of(UInt8.self, RectifierKernels.leaky)),
          ("int16", of(Int16.self, RectifierKernels.leaky)),
          ("float32", ActivationKernels.float32),
        ]),
      rows(
        "PRELU",
        [
          ("int8", of(Int8.self, Int8.self, RectifierKernels.parametric)),
          ("uint8", of(UInt8.self, UInt8.self, RectifierKernels.parametric)),
          ("int16", of(Int16.self, Int8.self, RectifierKernels.parametric)),
          ("float32", RectifierKernels.parametricFloat),
        ]),
      rows(
        "LOGISTIC", sharing: .inPlace,
        [
          ("int8", LogisticKernels.int8), ("uint8", LogisticKernels.uint8),
          ("int16", LogisticKernels.int16), ("float32", LogisticKernels.float32),
        ]),
      rows(
        "SOFTMAX",
        [
          ("int8", SoftmaxKernels.int8), ("int8_int16", SoftmaxKernels.int8ToInt16),
          ("uint8", SoftmaxKernels.uint8), ("int16", SoftmaxKernels.int16),
          ("float32", SoftmaxKernels.float32),
        ]),
      rows(
        "LOG_SOFTMAX",
        [
          ("int8", of(Int8.self, LogSoftmaxKernels.quantized)),
          ("uint8", of(UInt8.self, LogSoftmaxKernels.quantized)),
          ("float32", LogSoftmaxKernels.float32),
        ]),
      rows(
        "L2_NORMALIZATION",
        [
          ("int8", of(Int8.self, NormalizationKernels.l2Quantized)),
          ("uint8", of(UInt8.self, NormalizationKernels.l2Quantized)),
          ("float32", NormalizationKernels.l2Float32),
        ]),
      rows(
        "LOCAL_RESPONSE_NORMALIZATION", [("float32", NormalizationKernels.localResponse)]),
      rows("QUANTIZE", quantizeTypes),
      rows("QUANTIZE", requantizeTypes(from: Int8.self)),
      rows("QUANTIZE", requantizeTypes(from: UInt8.self)),
      rows("QUANTIZE", requantizeTypes(from: Int16.self)),
      rows("QUANTIZE", requantizeTypes(from: Int32.self)),
      rows(
        "DEQUANTIZE",
        [
          ("int8", of(Int8.self, QuantizeKernels.dequantize)),
          ("uint8", of(UInt8.self, QuantizeKernels.dequantize)),
          ("int16", of(Int16.self, QuantizeKernels.dequantize)),
          ("int32", of(Int32.self, QuantizeKernels.dequantize)),
          ("float16", QuantizeKernels.widen),
        ]),
      rows("DENSIFY", [("bytes", MovementKernels.copy)]),
    ].flatMap { $0 }

  private static let activationTypes: [(types: String, prepare: Preparation)] = [
    ("int8", of(Int8.self, byte)), ("uint8", of(UInt8.self, byte)),
    ("int16", int16), ("float32", ActivationKernels.float32),
  ]

  private static func byte<Value: StoredInteger>(
    _ context: KernelContext, _: Value.Type
  ) throws(ModelError) -> KernelBody? {
    if let clamp = try RectifierKernels.clamp(context, Value.self) { return clamp }
    if let swish = try HardSwishKernels.quantized(context, Value.self) { return swish }
    if let tanh = try LogisticKernels.tanhInt8(context) { return tanh }
    return try ActivationKernels.table(context, Value.self)
  }

  private static func int16(_ context: KernelContext) throws(ModelError) -> KernelBody? {
    if let clamp = try RectifierKernels.clamp(context, Int16.self) { return clamp }
    return try LogisticKernels.tanhInt16(context)
  }

  /// A kernel for one element type.
  private static func of<Value>(
    _ type: Value.Type,
    _ prepare:
      @escaping @Sendable (
        KernelContext, Value.Type
      ) throws(ModelError) -> KernelBody?
  ) -> Preparation {
    { (context) throws(ModelError) in try prepare(context, type) }
  }

  /// A kernel for a pair of element types.
  private static func of<First, Second>(
    _ first: First.Type, _ second: Second.Type,
    _ prepare:
      @escaping @Sendable (
        KernelContext, First.Type, Second.Type
      ) throws(ModelError) -> KernelBody?
  ) -> Preparation {
    { (context) throws(ModelError) in try prepare(context, first, second) }
  }

  private static let quantizeTypes: [(types: String, prepare: Preparation)] = [
    ("float32_int8", of(Int8.self, QuantizeKernels.float32)),
    ("float32_uint8", of(UInt8.self, QuantizeKernels.float32)),
    ("float32_int16", of(Int16.self, QuantizeKernels.float32)),
    ("float32_int32", of(Int32.self, QuantizeKernels.float32)),
  ]

  private static func requantizeTypes<Source: StoredInteger>(
    from _: Source.Type
  ) -> [(types: String, prepare: Preparation)] {
    let source = Source.elementType
    return [
      ("\(source)_int8", of(Source.self, Int8.self, QuantizeKernels.requantize)),
      (
        "\(source)_uint8",
        of(Source.self, UInt8.self, QuantizeKernels.requantize)
      ),
      (
        "\(source)_int16",
        of(Source.self, Int16.self, QuantizeKernels.requantize)
      ),
      (
        "\(source)_int32",
        of(Source.self, Int32.self, QuantizeKernels.requantize)
      ),
    ]
  }

  /// Operators with a state.
  static let recurrent: [Kernel] = [
    rows(
      "LSTM",
      [
        ("basic", LSTMKernels.basic), ("float32", LSTMKernels.sequence),
        ("int8_full", LSTMKernels.int8Full),
      ]),
    rows(
      "UNIDIRECTIONAL_SEQUENCE_LSTM",
      [
        ("float32", LSTMKernels.sequence), ("int8_full", LSTMKernels.int8Full),
        ("int8", LSTMKernels.int8),
        ("int16", LSTMKernels.int16),
      ]),
    rows("BIDIRECTIONAL_SEQUENCE_LSTM", [("float32", LSTMKernels.bidirectional)]),
    rows("RNN", [("float32", RNNKernels.sequence)]),
    rows("UNIDIRECTIONAL_SEQUENCE_RNN", [("float32", RNNKernels.sequence)]),
    rows("BIDIRECTIONAL_SEQUENCE_RNN", [("float32", RNNKernels.bidirectional)]),
    rows("SVDF", [("int8", SVDFKernels.int8), ("float32", SVDFKernels.float32)]),
  ].flatMap { $0 }
}
