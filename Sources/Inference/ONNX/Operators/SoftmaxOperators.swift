import NeuralNetworks

/// Operators along one axis whose output has the input's shape.
enum SoftmaxOperators {
  enum Kind { case softmax, logSoftmax, hardmax }

  /// Before opset 13 all axes from the given one on are taken as one.
  static func softmax(_ kind: Kind) -> OperatorBody {
    one { call throws(ModelError) in
      let input = try call.input(0)
      guard input.rank > 0 else {
        return try input.elementType.real(
          Body(kind: kind, input: input, parts: AxisLines([1], axis: 0)))
      }
      let isOld = call.version < 13
      let axis = try call.axis("axis", default: isOld ? 1 : -1, rank: input.rank)
      let parts =
        isOld ? AxisLines(input.shape, from: axis) : AxisLines(input.shape, axis: axis)
      return try input.elementType.real(Body(kind: kind, input: input, parts: parts))
    }
  }

  /// Softmax along the last axis.
  static func softmax(lastAxisOf input: TensorValue) throws(ModelError) -> TensorValue {
    try input.elementType.real(
      Body(kind: .softmax, input: input, parts: AxisLines(input.shape, axis: input.rank - 1)))
  }

  static func logSoftmax(_ input: TensorValue, axis: Int) throws(ModelError) -> TensorValue {
    try input.elementType.real(
      Body(kind: .logSoftmax, input: input, parts: AxisLines(input.shape, axis: axis)))
  }

  private struct Body: RealBody {
    let kind: Kind
    let input: TensorValue
    let parts: AxisLines

    func run<Element: RealElement>(_ type: Element.Type) throws(ModelError) -> TensorValue {
      let result = try NewTensor<Element>(input.shape)
      let elements = input.elements(as: type)
      let (length, inner) = (parts.length, parts.inner)
      guard result.count > 0 else { return result.value }
      parts.forEachLine { _, start in
        var largest = start
        for place in stride(from: start, to: start + length * inner, by: inner)
        where elements[place] > elements[largest] { largest = place }
        let peak = elements[largest]
        if kind == .hardmax {
          for i in 0..<length { result[start + i * inner] = start + i * inner == largest ? 1 : 0 }
          return
        }
        var sum: Element = 0
        for i in 0..<length {
          let power = Element.exponential(elements[start + i * inner] - peak)
          result[start + i * inner] = power
          sum += power
        }
        let (scale, shift) = (1 / sum, peak + Element.logarithm(sum))
        for i in 0..<length {
          let place = start + i * inner
          result[place] =
            kind == .softmax ? result[place] * scale : elements[place] - shift
        }
      }
      return result.value
    }
  }

  static func cumulativeSum(_ call: OperatorCall) throws(ModelError) -> TensorValue {
    let input = try call.input(0)
    guard let axis = try call.integers(1)?.first else {
      throw call.problem("axis", found: "none", expected: "one")
    }
    return try input.elementType.numeric(
      Cumulation(
        input: input,
        parts: AxisLines(
          input.shape, axis: normalized(axis, rank: input.rank, place: "axis")),
        isExclusive: call.flag("exclusive"), isReverse: call.flag("reverse")))
  }

  private struct Cumulation: NumericBody {
    let input: TensorValue
    let parts: AxisLines
    let isExclusive: Bool
    let isReverse: Bool

    func run<Element: NumericElement>(_ type: Element.Type) throws(ModelError) -> TensorValue {
      let result = try NewTensor<Element>(input.shape)
      let elements = input.elements(as: type)
      parts.forEachLine { _, start in
        var sum = Element.zero
        for i in 0..<parts.length {
          let place = start + (isReverse ? parts.length - 1 - i : i) * parts.inner
          let next = Element.adding(sum, elements[place])
          result[place] = isExclusive ? sum : next
          sum = next
        }
      }
      return result.value
    }
  }
}
