/// The schema's numbers for names, as a writer needs them.
extension TFLiteSchema {
  private static let elementCodes: [ElementType: Int] = Dictionary(
    uniqueKeysWithValues: elementTypes.map { ($1, Int($0)) })

  static func code(of type: ElementType) -> Int {
    guard let code = elementCodes[type] else { preconditionFailure("no code of \(type)") }
    return code
  }

  private static let operatorCodes: [String: Int] = Dictionary(
    uniqueKeysWithValues: operatorNames.enumerated().map { ($1, $0) })

  /// The `BuiltinOperator` of a name; nil for a custom operator.
  static func operatorCode(of name: String) -> Int? { operatorCodes[name] }

  /// The `BuiltinOptions` of an operator; nil when it has none.
  static func optionsType(of name: String) -> Int? { optionsTypes[name] }

  /// Lines of a number and the operators that share this kind of options.
  private static let optionsTypes: [String: Int] = Dictionary(
    uniqueKeysWithValues: optionsLines.split(separator: "\n").flatMap { line in
      let words = line.split(separator: " ").map(String.init)
      return words.dropFirst().map { ($0, Int(words[0]) ?? 0) }
    })

  private static let optionsLines = """
    1 CONV_2D
    2 DEPTHWISE_CONV_2D
    5 AVERAGE_POOL_2D MAX_POOL_2D L2_POOL_2D
    6 SVDF
    7 RNN
    8 FULLY_CONNECTED
    9 SOFTMAX
    10 CONCATENATION
    11 ADD
    12 L2_NORMALIZATION
    13 LOCAL_RESPONSE_NORMALIZATION
    14 LSTM
    15 RESIZE_BILINEAR
    17 RESHAPE
    19 SPACE_TO_DEPTH
    21 MUL
    22 PAD
    23 GATHER
    24 BATCH_TO_SPACE_ND
    25 SPACE_TO_BATCH_ND
    26 TRANSPOSE
    27 MEAN SUM REDUCE_PROD REDUCE_MAX REDUCE_MIN REDUCE_ANY REDUCE_ALL
    28 SUB
    29 DIV
    30 SQUEEZE
    31 UNIDIRECTIONAL_SEQUENCE_RNN
    32 STRIDED_SLICE
    33 EXP
    34 TOPK_V2
    35 SPLIT
    36 LOG_SOFTMAX
    37 CAST
    38 DEQUANTIZE
    39 MAXIMUM MINIMUM
    40 ARG_MAX
    41 LESS
    42 NEG
    43 PADV2
    44 GREATER
    45 GREATER_EQUAL
    46 LESS_EQUAL
    47 SELECT
    48 SLICE
    49 TRANSPOSE_CONV
    50 SPARSE_TO_DENSE
    51 TILE
    52 EXPAND_DIMS
    53 EQUAL
    54 NOT_EQUAL
    55 SHAPE
    56 POW
    57 ARG_MIN
    58 FAKE_QUANT
    59 PACK
    60 LOGICAL_OR
    61 ONE_HOT
    62 LOGICAL_AND
    63 LOGICAL_NOT
    64 UNPACK
    65 FLOOR_DIV
    66 SQUARE
    67 ZEROS_LIKE
    68 FILL
    69 BIDIRECTIONAL_SEQUENCE_LSTM
    70 BIDIRECTIONAL_SEQUENCE_RNN
    71 UNIDIRECTIONAL_SEQUENCE_LSTM
    72 FLOOR_MOD
    73 RANGE
    74 RESIZE_NEAREST_NEIGHBOR
    75 LEAKY_RELU
    76 SQUARED_DIFFERENCE
    77 MIRROR_PAD
    78 ABS
    79 SPLIT_V
    80 UNIQUE
    81 REVERSE_V2
    82 ADD_N
    83 GATHER_ND
    84 COS
    85 WHERE
    86 RANK
    87 REVERSE_SEQUENCE
    88 MATRIX_DIAG
    89 QUANTIZE
    90 MATRIX_SET_DIAG
    91 HARD_SWISH
    92 IF
    93 WHILE
    94 DEPTH_TO_SPACE
    95 NON_MAX_SUPPRESSION_V4
    96 NON_MAX_SUPPRESSION_V5
    97 SCATTER_ND
    98 SELECT_V2
    99 DENSIFY
    100 SEGMENT_SUM
    101 BATCH_MATMUL
    102 CUMSUM
    103 CALL_ONCE
    104 BROADCAST_TO
    105 RFFT2D
    106 CONV_3D CONV_3D_TRANSPOSE
    111 VAR_HANDLE
    112 READ_VARIABLE
    113 ASSIGN_VARIABLE
    115 BUCKETIZE
    116 GELU
    117 DYNAMIC_UPDATE_SLICE
    118 UNSORTED_SEGMENT_PROD
    119 UNSORTED_SEGMENT_MAX
    120 UNSORTED_SEGMENT_MIN
    121 UNSORTED_SEGMENT_SUM
    122 ATAN2
    123 SIGN
    124 BITCAST
    125 BITWISE_XOR
    126 RIGHT_SHIFT
    """
}
