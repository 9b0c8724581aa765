import NeuralNetworks

/// Operators whose output are places of elements.
enum SearchOperators {
  /// `ArgMax` and `ArgMin`.
  static func extremum(largest: Bool) -> OperatorBody {
    one { call throws(ModelError) in
      let input = try call.input(0)
      let axis = try call.axis("axis", default: 0, rank: input.rank)
      var dimensions = input.shape.dimensions
      guard dimensions[axis] > 0 else {
        throw call.problem("input", found: "an empty axis", expected: "elements")
      }
      dimensions[axis] = 1
      if try !call.flag("keepdims", default: true) { dimensions.remove(at: axis) }
      return try input.elementType.numeric(
        Extremum(
          input: input, output: Shape(dimensions), parts: AxisLines(input.shape, axis: axis),
          isLargest: largest, takesLast: call.flag("select_last_index")))
    }
  }

  private struct Extremum: NumericBody {
    let input: TensorValue
    let output: Shape
    let parts: AxisLines
    let isLargest: Bool
    let takesLast: Bool

    func run<Element: NumericElement>(_ type: Element.Type) throws(ModelError) -> TensorValue {
      let result = try NewTensor<Int64>(output)
      let elements = input.elements(as: type)
      parts.forEachLine { line, start in
        var best = 0
        for i in 1..<max(parts.length, 1) {
          let (x, y) = (elements[start + i * parts.inner], elements[start + best * parts.inner])
          if (isLargest ? x > y : x < y) || takesLast && x == y { best = i }
        }
        result[line] = Int64(best)
      }
      return result.value
    }
  }

  /// `k` is an attribute before opset 10. Equal elements stay in their order.
  static func topK(_ call: OperatorCall) throws(ModelError) -> [ONNXValue] {
    let input = try call.input(0)
    let axis = try call.axis("axis", default: -1, rank: input.rank)
    let stated = try call.int("k", default: -1)
    let k = try call.integers(1)?.first ?? stated
    guard k >= 0, k <= input.shape[axis] else {
      throw call.problem("k", found: "\(k)", expected: "0...\(input.shape[axis])")
    }
    var dimensions = input.shape.dimensions
    dimensions[axis] = k
    return try input.elementType.numeric(
      TopElements(
        input: input, output: Shape(dimensions), parts: AxisLines(input.shape, axis: axis), k: k,
        isLargest: call.flag("largest", default: true)))
  }

  private struct TopElements: NumericBody {
    let input: TensorValue
    let output: Shape
    let parts: AxisLines
    let k: Int
    let isLargest: Bool

    func run<Element: NumericElement>(_ type: Element.Type) throws(ModelError) -> [ONNXValue] {
      let values = try NewTensor<Element>(output)
      let places = try NewTensor<Int64>(output)
      let elements = input.elements(as: type)
      parts.forEachLine { line, start in
        func element(_ index: Int) -> Element { elements[start + index * parts.inner] }
        let order = (0..<parts.length).sorted { a, b in
          let (x, y) = (element(a), element(b))
          if x == y { return a < b }
          return isLargest ? x > y : x < y
        }
        let target = line / parts.inner * k * parts.inner + line % parts.inner
        for rank in 0..<k {
          values[target + rank * parts.inner] = element(order[rank])
          places[target + rank * parts.inner] = Int64(order[rank])
        }
      }
      return [.tensor(values.value), .tensor(places.value)]
    }
  }

  static func nonZero(_ call: OperatorCall) throws(ModelError) -> TensorValue {
    let input = try call.input(0)
    let flags = try input.converted(to: .bool).elements(as: UInt8.self)
    let found = (0..<input.count).filter { flags[$0] != 0 }
    let result = try NewTensor<Int64>(checkedShape([input.rank, found.count]))
    let strides = input.shape.strides
    for axis in 0..<input.rank {
      for (number, place) in found.enumerated() {
        result[axis * found.count + number] = Int64(place / strides[axis] % input.shape[axis])
      }
    }
    return result.value
  }

  /// Different elements, or different slices along an axis; with first places, for each element
  /// its number, and counts.
  static func unique(_ call: OperatorCall) throws(ModelError) -> [ONNXValue] {
    var input = try call.input(0)
    var axis = 0
    if try call.optionalInt("axis") == nil {
      input = input.reshaped(Shape([input.count]))
    } else {
      axis = try call.axis("axis", default: 0, rank: input.rank)
    }
    let order = [axis] + (0..<input.rank).filter { $0 != axis }
    let rows = try input.transposed(order)
    let groups = try input.elementType.numericOrBool(
      RowGroups(rows: rows, isSorted: call.flag("sorted", default: true)))
    var maps = input.shape.dimensions.map(AxisGather.identity)
    maps[axis] = groups.firstPlaces
    return [
      .tensor(try AxisGather(input: input, maps: maps)()),
      .tensor(try TensorValue(integers: groups.firstPlaces)),
      .tensor(try TensorValue(integers: groups.numbers)),
      .tensor(try TensorValue(integers: groups.counts)),
    ]
  }

  private struct Groups {
    var firstPlaces: [Int] = []
    var numbers: [Int] = []
    var counts: [Int] = []
  }

  private struct RowGroups: NumericBody {
    let rows: TensorValue
    let isSorted: Bool

    func run<Element: NumericElement>(_ type: Element.Type) throws(ModelError) -> Groups {
      let elements = rows.elements(as: type)
      let count = rows.shape[0]
      let length = count == 0 ? 0 : rows.count / count
      func precedes(_ a: Int, _ b: Int) -> Bool {
        for i in 0..<length where elements[a * length + i] != elements[b * length + i] {
          return elements[a * length + i] < elements[b * length + i]
        }
        return false
      }
      let order = (0..<count).sorted { precedes($0, $1) || !precedes($1, $0) && $0 < $1 }
      var heads: [Int] = []
      var owner = [Int](repeating: 0, count: count)
      for row in order {
        if heads.isEmpty || precedes(heads[heads.count - 1], row) { heads.append(row) }
        owner[row] = heads[heads.count - 1]
      }
      if !isSorted { heads.sort() }
      var groups = Groups(firstPlaces: heads)
      var number = [Int](repeating: 0, count: count)
      for (index, head) in heads.enumerated() { number[head] = index }
      groups.numbers = owner.map { number[$0] }
      groups.counts = [Int](repeating: 0, count: heads.count)
      for index in groups.numbers { groups.counts[index] += 1 }
      return groups
    }
  }
}
