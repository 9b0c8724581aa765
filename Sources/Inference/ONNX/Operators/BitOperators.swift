import NeuralNetworks

/// A function of the bits of two integers.
protocol BitFunction: Sendable {
  func apply<Element: FixedWidthInteger>(_ left: Element, _ right: Element) -> Element
}

/// Operators on the bits of integers.
enum BitOperators {
  struct And: BitFunction {
    func apply<E: FixedWidthInteger>(_ l: E, _ r: E) -> E { l & r }
  }
  struct Or: BitFunction {
    func apply<E: FixedWidthInteger>(_ l: E, _ r: E) -> E { l | r }
  }
  struct ExclusiveOr: BitFunction {
    func apply<E: FixedWidthInteger>(_ l: E, _ r: E) -> E { l ^ r }
  }
  /// Shifting by the width or more gives 0.
  struct ShiftLeft: BitFunction {
    func apply<E: FixedWidthInteger>(_ l: E, _ r: E) -> E { l << r }
  }
  struct ShiftRight: BitFunction {
    func apply<E: FixedWidthInteger>(_ l: E, _ r: E) -> E { l >> r }
  }

  static func binary<Function: BitFunction>(_ function: Function) -> OperatorBody {
    one { call throws(ModelError) in try apply(function, call) }
  }

  static func shift(_ call: OperatorCall) throws(ModelError) -> TensorValue {
    let direction = try call.required("direction", call.string("direction", default: ""))
    switch direction {
    case "LEFT": return try apply(ShiftLeft(), call)
    case "RIGHT": return try apply(ShiftRight(), call)
    default:
      throw call.problem(
        "attribute \"direction\"", found: "\"\(direction)\"", expected: "LEFT or RIGHT")
    }
  }

  static func not(_ call: OperatorCall) throws(ModelError) -> TensorValue {
    let input = try call.input(0)
    try requireInteger(input)
    let result = try NewTensor<UInt8>(.uint8, Shape([input.byteCount]))
    let bytes = input.reinterpretedAsBytes()
    for index in 0..<bytes.count { result[index] = ~bytes[index] }
    return try result.value.withBytes { (bytes) throws(ModelError) in
      try TensorValue(input.elementType, input.shape, bytes: bytes)
    }
  }

  private static func requireInteger(_ tensor: TensorValue) throws(ModelError) {
    switch tensor.elementType {
    case .float16, .float32, .float64, .bool:
      throw tensor.elementType.unsuitable(expected: "an integer type")
    default: return
    }
  }

  private static func apply<Function: BitFunction>(
    _ function: Function, _ call: OperatorCall
  ) throws(ModelError) -> TensorValue {
    let (left, right) = (try call.input(0), try call.input(1))
    try ArithmeticOperators.sameType(left, right)
    try requireInteger(left)
    return try left.elementType.movement(
      Application(function: function, left: left, right: right))
  }

  private struct Application<Function: BitFunction>: MovementBody {
    let function: Function
    let left: TensorValue
    let right: TensorValue

    func run<Word: FixedWidthInteger & UnsignedInteger & BitwiseCopyable>(
      _ type: Word.Type
    ) throws(ModelError) -> TensorValue {
      try .combine((left, type), (right, type), into: left.elementType) {
        function.apply($0, $1)
      }
    }
  }
}

extension TensorValue {
  func reinterpretedAsBytes() -> Elements<UInt8> { Elements(buffer: buffer, count: byteCount) }
}
