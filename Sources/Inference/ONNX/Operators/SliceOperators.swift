import NeuralNetworks

/// `Slice`, `Pad` and what else maps each axis on its own.
enum SliceOperators {
  /// Starts, ends and axes are attributes before opset 10.
  static func slice(_ call: OperatorCall) throws(ModelError) -> TensorValue {
    let input = try call.input(0)
    let starts = try call.requiredIntegers(1, or: "starts")
    let ends = try call.requiredIntegers(2, or: "ends")
    let axes = try call.integers(3, or: "axes") ?? Array(starts.indices)
    let steps = try call.integers(4) ?? Array(repeating: 1, count: starts.count)
    guard ends.count == starts.count, axes.count == starts.count, steps.count == starts.count
    else {
      throw call.problem(
        "inputs", found: "\(starts.count) starts, \(ends.count) ends, \(axes.count) axes",
        expected: "as many of each")
    }
    var maps = input.shape.dimensions.map(AxisGather.identity)
    for index in starts.indices {
      let axis = try normalized(axes[index], rank: input.rank, place: "axes")
      guard steps[index] != 0 else {
        throw call.problem("steps", found: "0", expected: "another number")
      }
      maps[axis] = indices(
        extent: input.shape[axis], start: starts[index], end: ends[index], step: steps[index])
    }
    return try AxisGather(input: input, maps: maps)()
  }

  /// The indices from start to end, by the rules of Python's slices.
  static func indices(extent: Int, start: Int, end: Int, step: Int) -> [Int] {
    func clamp(_ index: Int, _ range: ClosedRange<Int>) -> Int {
      let positive = index < 0 ? index &+ extent : index
      return min(max(positive, range.lowerBound), range.upperBound)
    }
    guard extent > 0 else { return [] }
    // A step longer than the axis takes one element, whatever its length.
    let step = min(max(step, -extent - 1), extent + 1)
    if step > 0 {
      return Array(stride(from: clamp(start, 0...extent), to: clamp(end, 0...extent), by: step))
    }
    return Array(
      stride(from: clamp(start, -1...extent - 1), to: clamp(end, -1...extent - 1), by: step))
  }

  private enum PadMode: String, CaseIterable {
    case constant, reflect, edge, wrap
  }

  /// Pads are an attribute before opset 11; negative ones crop.
  static func pad(_ call: OperatorCall) throws(ModelError) -> TensorValue {
    let input = try call.input(0)
    let mode = try call.choice("mode", default: PadMode.constant)
    let pads = try call.requiredIntegers(1, or: "pads")
    let given = try call.integers(3) ?? Array(0..<input.rank)
    guard pads.count == 2 * given.count, pads.allSatisfy({ abs($0 | 1) < 1 << 31 }) else {
      throw call.problem("pads", found: "\(pads.count) pads", expected: "two for each axis")
    }
    var dimensions = input.shape.dimensions
    var bounds = dimensions.map { (begin: 0, end: $0) }
    for (index, axis) in given.enumerated() {
      let axis = try normalized(axis, rank: input.rank, place: "axes")
      bounds[axis] = (-pads[index], dimensions[axis] + pads[index + given.count])
      dimensions[axis] = bounds[axis].end - bounds[axis].begin
    }
    let shape = try checkedShape(dimensions, of: input.elementType)
    var maps: [[Int]] = []
    for axis in 0..<shape.rank {
      maps.append(
        try map(input.shape[axis], bounds[axis].begin..<bounds[axis].end, mode, axis: axis))
    }
    return try AxisGather(input: input, maps: maps, fill: fill(call, of: input))()
  }

  private static func map(
    _ extent: Int, _ range: Range<Int>, _ mode: PadMode, axis: Int
  ) throws(ModelError) -> [Int] {
    guard extent > 0 || mode == .constant || range.isEmpty else {
      throw ModelError(
        place: "pads", found: "an empty axis \(axis)", expected: "elements to repeat")
    }
    return range.map { index in
      switch mode {
      case .constant: return index >= 0 && index < extent ? index : -1
      case .edge: return min(max(index, 0), extent - 1)
      case .wrap: return (index % extent + extent) % extent
      case .reflect:
        guard extent > 1 else { return 0 }
        let period = 2 * (extent - 1)
        let place = (index % period + period) % period
        return place < extent ? place : period - place
      }
    }
  }

  private static func fill(
    _ call: OperatorCall, of input: TensorValue
  ) throws(ModelError) -> TensorValue {
    if let value = try call.optionalInput(2), value.count > 0 {
      try ArithmeticOperators.sameType(input, value)
      return value
    }
    return try TensorValue(scalar: call.float("value", default: 0)).converted(to: input.elementType)
  }

  static func trilu(_ call: OperatorCall) throws(ModelError) -> TensorValue {
    let input = try call.input(0)
    let diagonal = min(max(try call.integers(1)?.first ?? 0, -1 << 32), 1 << 32)
    guard input.rank >= 2 else {
      throw call.problem("input", found: "\(input.shape)", expected: "at least 2 axes")
    }
    return try input.elementType.movement(
      Triangle(input: input, diagonal: diagonal, isUpper: call.flag("upper", default: true)))
  }

  private struct Triangle: MovementBody {
    let input: TensorValue
    let diagonal: Int
    let isUpper: Bool

    func run<Word: FixedWidthInteger & UnsignedInteger & BitwiseCopyable>(
      _ type: Word.Type
    ) throws(ModelError) -> TensorValue {
      let result = try NewTensor<Word>(input.elementType, input.shape)
      let (rows, columns) = (input.shape[input.rank - 2], input.shape[input.rank - 1])
      let source = input.elements(as: type)
      for index in 0..<result.count {
        let (row, column) = (index / columns % rows, index % columns)
        let isKept = isUpper ? column - row >= diagonal : column - row <= diagonal
        result[index] = isKept ? source[index] : 0
      }
      return result.value
    }
  }

  /// Slices along an axis, or elements of the flattened tensor, where the condition is true.
  static func compress(_ call: OperatorCall) throws(ModelError) -> TensorValue {
    var input = try call.input(0)
    let condition = try LogicOperators.truth(call, 1).elements(as: UInt8.self)
    let kept = (0..<condition.count).filter { condition[$0] != 0 }
    var axis = 0
    if try call.optionalInt("axis") == nil {
      input = input.reshaped(Shape([input.count]))
    } else {
      axis = try call.axis("axis", default: 0, rank: input.rank)
    }
    var maps = input.shape.dimensions.map(AxisGather.identity)
    guard kept.allSatisfy({ $0 < maps[axis].count }) else {
      throw call.problem("condition", found: "a longer one", expected: "at most the axis' extent")
    }
    maps[axis] = kept
    return try AxisGather(input: input, maps: maps)()
  }

  /// Crops or pads with 0 at both ends, so that the middle stays in the middle.
  static func centerCropPad(_ call: OperatorCall) throws(ModelError) -> TensorValue {
    let input = try call.input(0)
    let sizes = try call.required("shape", call.integers(1))
    let axes = try call.ints("axes") ?? Array(0..<input.rank)
    guard axes.count == sizes.count else {
      throw call.problem("shape", found: "\(sizes)", expected: "\(axes.count) extents")
    }
    var dimensions = input.shape.dimensions
    for (axis, size) in zip(axes, sizes) {
      dimensions[try normalized(axis, rank: input.rank, place: "axes")] = size
    }
    let shape = try checkedShape(dimensions, of: input.elementType)
    let maps = (0..<shape.rank).map { axis in
      let (old, new) = (input.shape[axis], shape[axis])
      let shift = new < old ? (old - new) / 2 : -((new - old) / 2)
      return (0..<new).map { (0..<old).contains($0 + shift) ? $0 + shift : -1 }
    }
    let zero = try TensorValue(scalar: Float(0)).converted(to: input.elementType)
    return try AxisGather(input: input, maps: maps, fill: zero)()
  }
}
