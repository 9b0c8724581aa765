/// Functions of one element. Raw values are the schema's names.
public enum UnaryOperation: String, Sendable, Hashable, CaseIterable {
  case absolute = "ABS"
  case ceiling = "CEIL"
  case cosine = "COS"
  case exponential = "EXP"
  case floor = "FLOOR"
  case logarithm = "LOG"
  case logicalNot = "LOGICAL_NOT"
  case negation = "NEG"
  case reciprocalSquareRoot = "RSQRT"
  /// Half to even.
  case round = "ROUND"
  case sign = "SIGN"
  case sine = "SIN"
  case square = "SQUARE"
  case squareRoot = "SQRT"
}

/// Functions of two elements. Raw values are the schema's names.
public enum BinaryOperation: String, Sendable, Hashable, CaseIterable {
  case add = "ADD"
  case arcTangent = "ATAN2"
  case bitwiseXor = "BITWISE_XOR"
  case divide = "DIV"
  case floorDivide = "FLOOR_DIV"
  case floorModulo = "FLOOR_MOD"
  case logicalAnd = "LOGICAL_AND"
  case logicalOr = "LOGICAL_OR"
  case maximum = "MAXIMUM"
  case minimum = "MINIMUM"
  case multiply = "MUL"
  case power = "POW"
  case rightShift = "RIGHT_SHIFT"
  case squaredDifference = "SQUARED_DIFFERENCE"
  case subtract = "SUB"

  /// The operators whose options begin with a fused activation.
  var hasActivation: Bool {
    switch self {
    case .add, .subtract, .multiply, .divide: true
    default: false
    }
  }
}

/// Comparisons of two elements. Raw values are the schema's names.
public enum Comparison: String, Sendable, Hashable, CaseIterable {
  case equal = "EQUAL"
  case greater = "GREATER"
  case greaterOrEqual = "GREATER_EQUAL"
  case less = "LESS"
  case lessOrEqual = "LESS_EQUAL"
  case notEqual = "NOT_EQUAL"
}

/// Functions of all elements along axes. Raw values are the schema's names.
public enum Reduction: String, Sendable, Hashable, CaseIterable {
  case all = "REDUCE_ALL"
  case any = "REDUCE_ANY"
  case maximum = "REDUCE_MAX"
  case mean = "MEAN"
  case minimum = "REDUCE_MIN"
  case product = "REDUCE_PROD"
  case sum = "SUM"
}

/// How an image is resized. Raw values are the schema's names.
public enum ResizeMethod: String, Sendable, Hashable, CaseIterable {
  case bilinear = "RESIZE_BILINEAR"
  case nearest = "RESIZE_NEAREST_NEIGHBOR"
}
