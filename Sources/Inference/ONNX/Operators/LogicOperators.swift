import NeuralNetworks

/// A question about two numbers of the same type.
protocol Comparison: Sendable {
  func holds<Element: NumericElement>(_ left: Element, _ right: Element) -> Bool
}

/// Operators with truth values or bits.
enum LogicOperators {
  struct Equal: Comparison {
    @inline(__always) func holds<E: NumericElement>(_ l: E, _ r: E) -> Bool { l == r }
  }
  struct Less: Comparison {
    @inline(__always) func holds<E: NumericElement>(_ l: E, _ r: E) -> Bool { l < r }
  }
  struct LessOrEqual: Comparison {
    @inline(__always) func holds<E: NumericElement>(_ l: E, _ r: E) -> Bool { l <= r }
  }
  struct Greater: Comparison {
    @inline(__always) func holds<E: NumericElement>(_ l: E, _ r: E) -> Bool { l > r }
  }
  struct GreaterOrEqual: Comparison {
    @inline(__always) func holds<E: NumericElement>(_ l: E, _ r: E) -> Bool { l >= r }
  }

  static func comparison<Question: Comparison>(_ question: Question) -> OperatorBody {
    one { call throws(ModelError) in
      let (left, right) = (try call.input(0), try call.input(1))
      try ArithmeticOperators.sameType(left, right)
      return try left.elementType.numericOrBool(
        ComparisonBody(question: question, left: left, right: right))
    }
  }

  private struct ComparisonBody<Question: Comparison>: NumericBody {
    let question: Question
    let left: TensorValue
    let right: TensorValue

    func run<Element: NumericElement>(_ type: Element.Type) throws(ModelError) -> TensorValue {
      try .combine((left, type), (right, type), into: .bool) {
        question.holds($0, $1) ? UInt8(1) : 0
      }
    }
  }

  /// An operator on two tensors of truth values; any byte but 0 is true.
  static func logical(
    _ function: @escaping @Sendable (Bool, Bool) -> Bool
  ) -> OperatorBody {
    one { call throws(ModelError) in
      let (left, right) = (try truth(call, 0), try truth(call, 1))
      return try .combine((left, UInt8.self), (right, UInt8.self), into: .bool) {
        function($0 != 0, $1 != 0) ? UInt8(1) : 0
      }
    }
  }

  static func not(_ call: OperatorCall) throws(ModelError) -> TensorValue {
    let input = try truth(call, 0)
    let result = try NewTensor<UInt8>(.bool, input.shape)
    let elements = input.elements(as: UInt8.self)
    for index in 0..<input.count { result[index] = elements[index] == 0 ? 1 : 0 }
    return result.value
  }

  static func truth(_ call: OperatorCall, _ index: Int) throws(ModelError) -> TensorValue {
    let tensor = try call.input(index)
    guard tensor.elementType == .bool else {
      throw tensor.elementType.unsuitable(expected: "bool").inside("input \(index)")
    }
    return tensor
  }

  /// One truth value, as conditions are.
  static func condition(_ value: ONNXValue) throws(ModelError) -> Bool {
    guard case .tensor(let tensor) = value, tensor.elementType == .bool, tensor.count == 1 else {
      throw ModelError(place: "condition", found: value.kind, expected: "one bool")
    }
    return tensor.elements(as: UInt8.self)[0] != 0
  }

  /// Element by element from the second input or the third.
  static func choose(_ call: OperatorCall) throws(ModelError) -> TensorValue {
    try choose(truth(call, 0), call.input(1), call.input(2))
  }

  /// - Precondition: the condition is of truth values.
  static func choose(
    _ condition: TensorValue, _ yes: TensorValue, _ no: TensorValue
  ) throws(ModelError) -> TensorValue {
    try ArithmeticOperators.sameType(yes, no)
    return try yes.elementType.movement(Choice(condition: condition, yes: yes, no: no))
  }

  private struct Choice: MovementBody {
    let condition: TensorValue
    let yes: TensorValue
    let no: TensorValue

    func run<Word: FixedWidthInteger & UnsignedInteger & BitwiseCopyable>(
      _ type: Word.Type
    ) throws(ModelError) -> TensorValue {
      let broadcast = try Broadcast([condition.shape, yes.shape, no.shape])
      let result = try NewTensor<Word>(yes.elementType, broadcast.shape)
      let condition = condition.elements(as: UInt8.self)
      let (yes, no) = (yes.elements(as: type), no.elements(as: type))
      let strides = broadcast.rowStrides
      broadcast.forEachRow { start, operands in
        for i in 0..<broadcast.rowLength {
          let isTrue = condition[operands[0] + i * strides[0]] != 0
          result[start + i] =
            isTrue ? yes[operands[1] + i * strides[1]] : no[operands[2] + i * strides[2]]
        }
      }
      return result.value
    }
  }
}
