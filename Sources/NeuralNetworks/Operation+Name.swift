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
    case .averagePool2D: "AVERAGE_POOL_2D"
    case .maxPool2D: "MAX_POOL_2D"
    case .bucketize: "BUCKETIZE"
    case .concatenation: "CONCATENATION"
    case .conv2D: "CONV_2D"
    case .cumulativeSum: "CUMSUM"
    case .depthwiseConv2D: "DEPTHWISE_CONV_2D"
    case .depthToSpace: "DEPTH_TO_SPACE"
    case .dequantize: "DEQUANTIZE"
    case .fakeQuantize: "FAKE_QUANT"
    case .fullyConnected: "FULLY_CONNECTED"
    case .gather: "GATHER"
    case .logistic: "LOGISTIC"
    case .mirrorPad: "MIRROR_PAD"
    case .oneHot: "ONE_HOT"
    case .pack: "PACK"
    case .quantize: "QUANTIZE"
    case .reshape: "RESHAPE"
    case .reverseSequence: "REVERSE_SEQUENCE"
    case .softmax: "SOFTMAX"
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

  /// Subgraphs that it calls.
  var callees: [Int] {
    switch self {
    case .callOnce(let subgraph): [subgraph]
    case .conditional(let then, let otherwise): [then, otherwise]
    case .whileLoop(let condition, let body): [condition, body]
    default: []
    }
  }
}
