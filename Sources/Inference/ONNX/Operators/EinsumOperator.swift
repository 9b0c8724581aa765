import NeuralNetworks

/// `Einsum`: products of any number of tensors, two at a time as batched matrix products.
enum EinsumOperator {
  /// A tensor whose axes have labels, each once.
  private struct Labeled {
    var tensor: TensorValue
    var labels: [Character]
  }

  static func einsum(_ call: OperatorCall) throws(ModelError) -> TensorValue {
    let inputs = try call.allInputs()
    let equation = try EinsumEquation(
      call.string("equation", default: ""), ranks: inputs.map(\.rank))
    var operands: [Labeled] = []
    for (tensor, labels) in zip(inputs, equation.inputs) {
      operands.append(try diagonal(Labeled(tensor: tensor, labels: labels)))
    }
    try broadcastEllipsis(&operands)
    for index in operands.indices {
      let others = Set(equation.output + operands[(index + 1)...].flatMap(\.labels))
      let before = Set(operands[..<index].flatMap(\.labels))
      operands[index] = try summed(operands[index], keeping: others.union(before))
    }
    while operands.count > 1 {
      let needed = Set(equation.output + operands.dropFirst(2).flatMap(\.labels))
      let product = try contract(operands[0], operands[1], keeping: needed, call)
      operands.replaceSubrange(0..<2, with: [product])
    }
    let last = try summed(operands[0], keeping: Set(equation.output))
    guard last.labels.sorted() == equation.output.sorted() else {
      throw call.problem(
        "equation", found: "an output label that no input has", expected: "labels of inputs")
    }
    return try arranged(last, equation.output)
  }

  /// Takes the diagonal where a label is repeated.
  private static func diagonal(_ operand: Labeled) throws(ModelError) -> Labeled {
    var operand = operand
    while let (first, second) = repeated(operand.labels) {
      let extent = operand.tensor.shape[first]
      guard operand.tensor.shape[second] == extent else {
        throw ModelError(
          place: "equation", found: "label \(operand.labels[first]) on different extents",
          expected: "the same extent")
      }
      let rest = (0..<operand.tensor.rank).filter { $0 != first && $0 != second }
      let moved = try operand.tensor.transposed([first, second] + rest)
      let dimensions = rest.map { operand.tensor.shape[$0] }
      let rows = moved.reshaped(Shape([extent * extent] + dimensions))
      var maps = rows.shape.dimensions.map(AxisGather.identity)
      maps[0] = (0..<extent).map { $0 * (extent + 1) }
      operand.tensor = try AxisGather(input: rows, maps: maps)()
      operand.labels = [operand.labels[first]] + rest.map { operand.labels[$0] }
    }
    return operand
  }

  private static func repeated(_ labels: [Character]) -> (Int, Int)? {
    for first in labels.indices {
      if let second = labels[(first + 1)...].firstIndex(of: labels[first]) {
        return (first, second)
      }
    }
    return nil
  }

  /// Repeats extents of 1, which an ellipsis may have.
  private static func broadcastEllipsis(_ operands: inout [Labeled]) throws(ModelError) {
    var extents: [Character: Int] = [:]
    for operand in operands {
      for (label, extent) in zip(operand.labels, operand.tensor.shape.dimensions) {
        extents[label] = max(extents[label] ?? 0, extent == 1 ? extents[label] ?? 1 : extent)
      }
    }
    for (index, operand) in operands.enumerated() {
      let shape = try checkedShape(operand.labels.map { extents[$0] ?? 1 })
      operands[index].tensor = try operand.tensor.broadcast(with: shape)
      guard operands[index].tensor.shape == shape else {
        throw ModelError(
          place: "inputs", found: "\(operand.tensor.shape)", expected: "extents that fit")
      }
    }
  }

  private static func summed(
    _ operand: Labeled, keeping kept: Set<Character>
  ) throws(ModelError) -> Labeled {
    let axes = operand.labels.indices.filter { !kept.contains(operand.labels[$0]) }
    guard !axes.isEmpty else { return operand }
    let plan = try ReductionPlan(operand.tensor.shape, axes: axes, keepsAxes: false)
    return Labeled(
      tensor: try ReductionOperators.reduce(operand.tensor, plan, ReductionOperators.Sum()),
      labels: operand.labels.filter { kept.contains($0) })
  }

  private static func contract(
    _ left: Labeled, _ right: Labeled, keeping kept: Set<Character>, _ call: OperatorCall
  ) throws(ModelError) -> Labeled {
    let shared = left.labels.filter { right.labels.contains($0) }
    let batch = shared.filter { kept.contains($0) }
    let depth = shared.filter { !kept.contains($0) }
    let rows = left.labels.filter { !shared.contains($0) }
    let columns = right.labels.filter { !shared.contains($0) }
    func extents(_ operand: Labeled, _ labels: [Character]) -> [Int] {
      labels.map { label in operand.tensor.shape[operand.labels.firstIndex(of: label) ?? 0] }
    }
    func count(_ operand: Labeled, _ labels: [Character]) -> Int {
      extents(operand, labels).reduce(1, *)
    }
    let a = try arranged(left, batch + rows + depth).reshaped(
      Shape([count(left, batch), count(left, rows), count(left, depth)]))
    let b = try arranged(right, batch + depth + columns).reshaped(
      Shape([count(right, batch), count(right, depth), count(right, columns)]))
    let shape = try checkedShape(
      extents(left, batch) + extents(left, rows) + extents(right, columns))
    return Labeled(
      tensor: try MatrixOperators.multiply(a, b, call).reshaped(shape),
      labels: batch + rows + columns)
  }

  private static func arranged(
    _ operand: Labeled, _ labels: [Character]
  ) throws(ModelError) -> TensorValue {
    try operand.tensor.transposed(labels.compactMap { operand.labels.firstIndex(of: $0) })
  }
}

/// The labels of each operand; axes under an ellipsis have digits.
struct EinsumEquation {
  let inputs: [[Character]]
  let output: [Character]

  init(_ text: String, ranks: [Int]) throws(ModelError) {
    let sides = text.filter { $0 != " " }.split(separator: ">", omittingEmptySubsequences: false)
    let left = sides[0].last == "-" ? sides[0].dropLast() : sides[0]
    let terms = left.split(separator: ",", omittingEmptySubsequences: false)
    guard terms.count == ranks.count, sides.count <= 2, sides.count == 1 || sides[0].last == "-"
    else { throw Self.problem(text) }
    var inputs: [[Character]] = []
    var ellipsis: [Character] = []
    for (term, rank) in zip(terms, ranks) {
      let named = term.filter { $0 != "." }.count
      guard named <= rank, rank - named <= 8 else { throw Self.problem(text) }
      let labels = try Self.labels(term, axes: rank - named, text)
      guard labels.count == rank else { throw Self.problem(text) }
      inputs.append(labels)
      let digits = labels.filter(\.isNumber)
      if digits.count > ellipsis.count { ellipsis = digits }
    }
    self.inputs = inputs
    if sides.count == 2 {
      output = try Self.labels(sides[1], axes: ellipsis.count, text)
    } else {
      let all = inputs.flatMap { $0 }
      let once = all.filter { label in
        !label.isNumber && all.count { $0 == label } == 1
      }
      output = ellipsis + once.sorted()
    }
    guard Set(output).count == output.count else { throw Self.problem(text) }
  }

  /// The last axis of every ellipsis has the same digit, so that they are aligned there.
  private static func labels(
    _ term: Substring, axes: Int, _ text: String
  ) throws(ModelError) -> [Character] {
    var labels: [Character] = []
    var rest = term
    while let next = rest.first {
      if rest.hasPrefix("...") {
        labels += Array("76543210").suffix(axes)
        rest = rest.dropFirst(3)
      } else {
        guard next.isASCII, next.isLetter else { throw problem(text) }
        labels.append(next)
        rest = rest.dropFirst()
      }
    }
    return labels
  }

  private static func problem(_ text: String) -> ModelError {
    ModelError(
      place: "attribute \"equation\"", found: "\"\(text.prefix(80))\"",
      expected: "terms of letters that fit the inputs")
  }
}
