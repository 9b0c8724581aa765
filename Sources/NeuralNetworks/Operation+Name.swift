extension Operation {
  /// The name in the `.tflite` schema, as reports and errors print it.
  public var name: String {
    switch self {
    case .add: "ADD"
    case .averagePool2D: "AVERAGE_POOL_2D"
    case .maxPool2D: "MAX_POOL_2D"
    case .concatenation: "CONCATENATION"
    case .conv2D: "CONV_2D"
    case .depthwiseConv2D: "DEPTHWISE_CONV_2D"
    case .dequantize: "DEQUANTIZE"
    case .fullyConnected: "FULLY_CONNECTED"
    case .logistic: "LOGISTIC"
    case .quantize: "QUANTIZE"
    case .reshape: "RESHAPE"
    case .softmax: "SOFTMAX"
    case .split: "SPLIT"
    case .splitV: "SPLIT_V"
    case .stridedSlice: "STRIDED_SLICE"
    case .callOnce: "CALL_ONCE"
    case .varHandle: "VAR_HANDLE"
    case .readVariable: "READ_VARIABLE"
    case .assignVariable: "ASSIGN_VARIABLE"
    }
  }
}

extension Operation {
  /// Names of all operations, for messages.
  static let supportedNames = [
    "ADD", "ASSIGN_VARIABLE", "AVERAGE_POOL_2D", "CALL_ONCE", "CONCATENATION", "CONV_2D",
    "DEPTHWISE_CONV_2D", "DEQUANTIZE", "FULLY_CONNECTED", "LOGISTIC", "MAX_POOL_2D", "QUANTIZE",
    "READ_VARIABLE", "RESHAPE", "SOFTMAX", "SPLIT", "SPLIT_V", "STRIDED_SLICE", "VAR_HANDLE",
  ].joined(separator: ", ")
}
