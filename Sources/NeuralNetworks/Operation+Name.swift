extension Operation {
  /// The name in the `.tflite` schema, as reports, errors and tables of kernels have it.
  public var name: String {
    switch self {
    case .plain(let operation): operation.rawValue
    case .unary(let operation): operation.rawValue
    case .binary(let operation, _): operation.rawValue
    case .compare(let comparison): comparison.rawValue
    case .reduce(let reduction, _): reduction.rawValue
    case .resize(let method, _, _): method.rawValue
    case .activate(let function): function.rawValue
    case .averagePool2D: "AVERAGE_POOL_2D"
    case .l2Pool2D: "L2_POOL_2D"
    case .batchMatMul: "BATCH_MATMUL"
    case .maxPool2D: "MAX_POOL_2D"
    case .bucketize: "BUCKETIZE"
    case .concatenation: "CONCATENATION"
    case .conv2D: "CONV_2D"
    case .conv3D: "CONV_3D"
    case .conv3DTranspose: "CONV_3D_TRANSPOSE"
    case .cumulativeSum: "CUMSUM"
    case .depthwiseConv2D: "DEPTHWISE_CONV_2D"
    case .depthToSpace: "DEPTH_TO_SPACE"
    case .dequantize: "DEQUANTIZE"
    case .fakeQuantize: "FAKE_QUANT"
    case .fullyConnected: "FULLY_CONNECTED"
    case .gather: "GATHER"
    case .gelu: "GELU"
    case .l2Normalization: "L2_NORMALIZATION"
    case .leakyReLU: "LEAKY_RELU"
    case .localResponseNormalization: "LOCAL_RESPONSE_NORMALIZATION"
    case .logistic: "LOGISTIC"
    case .lstm: "LSTM"
    case .unidirectionalSequenceLSTM: "UNIDIRECTIONAL_SEQUENCE_LSTM"
    case .bidirectionalSequenceLSTM: "BIDIRECTIONAL_SEQUENCE_LSTM"
    case .rnn: "RNN"
    case .unidirectionalSequenceRNN: "UNIDIRECTIONAL_SEQUENCE_RNN"
    case .bidirectionalSequenceRNN: "BIDIRECTIONAL_SEQUENCE_RNN"
    case .mirrorPad: "MIRROR_PAD"
    case .oneHot: "ONE_HOT"
    case .pack: "PACK"
    case .quantize: "QUANTIZE"
    case .reshape: "RESHAPE"
    case .reverseSequence: "REVERSE_SEQUENCE"
    case .softmax: "SOFTMAX"
    case .svdf: "SVDF"
    case .transposeConv2D: "TRANSPOSE_CONV"
    case .signal(let operation): operation.name
    case .spaceToDepth: "SPACE_TO_DEPTH"
    case .split: "SPLIT"
    case .splitV: "SPLIT_V"
    case .squeeze: "SQUEEZE"
    case .stridedSlice: "STRIDED_SLICE"
    case .unpack: "UNPACK"
    case .callOnce: "CALL_ONCE"
    case .conditional: "IF"
    case .whileLoop: "WHILE"
    case .varHandle: "VAR_HANDLE"
    case .readVariable: "READ_VARIABLE"
    case .assignVariable: "ASSIGN_VARIABLE"
    }
  }

  /// Whether it only computes its outputs from its inputs.
  public var isPure: Bool {
    switch self {
    case .callOnce, .conditional, .whileLoop, .varHandle, .readVariable, .assignVariable: false
    default: true
    }
  }

  /// Subgraphs that it calls.
  public var callees: [Int] {
    switch self {
    case .callOnce(let subgraph): [subgraph]
    case .conditional(let then, let otherwise): [then, otherwise]
    case .whileLoop(let condition, let body): [condition, body]
    default: []
    }
  }
}
