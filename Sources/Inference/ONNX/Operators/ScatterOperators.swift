import NeuralNetworks

/// Operators that write elements at indices that are data.
enum ScatterOperators {
  enum Reduction: String, CaseIterable {
    case none, add, mul, max, min

    @inline(__always)
    func apply<Element: NumericElement>(_ old: Element, _ new: Element) -> Element {
      switch self {
      case .none: new
      case .add: Element.adding(old, new)
      case .mul: Element.multiplying(old, new)
      case .max: new > old ? new : old
      case .min: new < old ? new : old
      }
    }
  }

  static func scatterElements(_ call: OperatorCall) throws(ModelError) -> TensorValue {
    let (data, indices, updates) = (try call.input(0), try call.input(1), try call.input(2))
    try ArithmeticOperators.sameType(data, updates)
    let axis = try call.axis("axis", default: 0, rank: data.rank)
    guard indices.shape == updates.shape else {
      throw call.problem(
        "updates", found: "shape \(updates.shape)", expected: "that of the indices \(indices.shape)"
      )
    }
    return try data.elementType.numericOrBool(
      ElementScatter(
        data: data, updates: updates,
        grid: ElementGrid(indices: indices, data: data.shape, axis: axis),
        reduction: call.choice("reduction", default: .none)))
  }

  private struct ElementScatter: NumericBody {
    let data: TensorValue
    let updates: TensorValue
    let grid: ElementGrid
    let reduction: Reduction

    func run<Element: NumericElement>(_ type: Element.Type) throws(ModelError) -> TensorValue {
      let result = try NewTensor<Element>(data.elementType, data.shape)
      result.copy(from: data.elements(as: type), at: 0, count: data.count, to: 0)
      let updates = updates.elements(as: type)
      grid.forEach { index, place in
        result[place] = reduction.apply(result[place], updates[index])
      }
      return result.value
    }
  }

  static func scatterND(_ call: OperatorCall) throws(ModelError) -> TensorValue {
    let (data, indices, updates) = (try call.input(0), try call.input(1), try call.input(2))
    try ArithmeticOperators.sameType(data, updates)
    let blocks = try BlockPlaces(data: data.shape, indices: indices, batchAxes: 0)
    guard updates.count == blocks.places.count * blocks.blockLength else {
      throw call.problem(
        "updates", found: "shape \(updates.shape)",
        expected: "\(blocks.places.count) blocks of \(blocks.blockLength)")
    }
    return try data.elementType.numericOrBool(
      BlockScatter(
        data: data, updates: updates, blocks: blocks,
        reduction: call.choice("reduction", default: .none)))
  }

  private struct BlockScatter: NumericBody {
    let data: TensorValue
    let updates: TensorValue
    let blocks: BlockPlaces
    let reduction: Reduction

    func run<Element: NumericElement>(_ type: Element.Type) throws(ModelError) -> TensorValue {
      let result = try NewTensor<Element>(data.elementType, data.shape)
      result.copy(from: data.elements(as: type), at: 0, count: data.count, to: 0)
      let updates = updates.elements(as: type)
      let length = blocks.blockLength
      for (number, place) in blocks.places.enumerated() {
        for index in 0..<length {
          let target = place * length + index
          result[target] = reduction.apply(result[target], updates[number * length + index])
        }
      }
      return result.value
    }
  }
}
