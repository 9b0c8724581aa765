import NeuralNetworks
import ReproducibleMath

/// Recurrent layers. They read [steps, features] and give the last state, or with
/// `returnsSequence` all of them.
extension ArchitectureBuilder {
  mutating func addLSTM(
    _ units: Int, returnsSequence: Bool, _ name: String
  ) throws(ModelError) {
    let (steps, depth) = try sequence()
    let gates = ["input", "forget", "cell", "output"]
    var parameters = gates.map {
      weights(
        "\(name)/\($0)", [units, depth], outputAxis: 0, fanIn: depth, fanOut: units, .tanh)
    }
    parameters += gates.map {
      network.addParameter(
        "\(name)/\($0)/recurrent", [units, units], orthogonal(units, "\(name)/\($0)"),
        .weight(outputAxis: 0))
    }
    // Cells that begin by remembering learn faster (Jozefowicz et al. 2015).
    parameters += gates.map {
      network.addParameter(
        "\(name)/\($0)/bias", [units], Array(repeating: $0 == "forget" ? 1 : 0, count: units),
        .offset)
    }
    let layer = LSTMLayer(
      geometry: SequenceGeometry(steps: steps, depth: depth, units: units, gates: 4),
      activation: .tanh)
    append(.lstm(layer), [steps, units], parameters: parameters)
    guard !returnsSequence else { return }
    append(.reshape, [units], inputs: [part(of: current, row: steps - 1, 0..<units)])
  }

  /// Gated recurrent units (Cho et al. 2014) with the reset behind the product, as PyTorch and
  /// Keras have them, unrolled: no runtime has an operator for them. All steps share their weights,
  /// which stand in the order update, reset, new.
  mutating func addGRU(
    _ units: Int, returnsSequence: Bool, _ name: String
  ) throws(ModelError) {
    let (steps, depth) = try sequence()
    let width = 3 * units
    let inputWeights = weights(
      name, [width, depth], outputAxis: 0, fanIn: depth, fanOut: units, .tanh)
    append(
      .dense(rows: steps, inputs: depth, outputs: width), [steps, width],
      parameters: [inputWeights, bias(name, width)])
    let inputs = current
    let recurrentWeights = network.addParameter(
      "\(name)/recurrent", [width, units],
      ["update", "reset", "new"].flatMap { orthogonal(units, "\(name)/\($0)") },
      .weight(outputAxis: 0))
    let parameters = [recurrentWeights, bias("\(name)/recurrent", width)]
    append(.constant, [1, units], inputs: [], parameters: [zeros(units, name)])
    var states = [current]
    for step in 0..<steps {
      append(
        .dense(rows: 1, inputs: units, outputs: width), [1, width], inputs: [states[step]],
        parameters: parameters)
      states.append(unit(inputs, step, state: states[step], product: current, units))
    }
    if returnsSequence {
      append(
        .concatenate(rows: 1, widths: Array(repeating: units, count: steps)), [steps, units],
        inputs: Array(states.dropFirst()))
    } else {
      append(.reshape, [units], inputs: [states[steps]])
    }
  }

  /// `new + update * (state - new)`, with `new = tanh(input + reset * product)`.
  private mutating func unit(
    _ inputs: Int, _ step: Int, state: Int, product: Int, _ units: Int
  ) -> Int {
    let sums = combined(
      .add, part(of: inputs, row: step, 0..<2 * units), part(of: product, row: 0, 0..<2 * units))
    append(.activation(.logistic), [1, 2 * units], inputs: [sums])
    let gates = current
    let reset = combined(
      .multiply, part(of: product, row: 0, 2 * units..<3 * units),
      part(of: gates, row: 0, units..<2 * units))
    let sum = combined(.add, part(of: inputs, row: step, 2 * units..<3 * units), reset)
    append(.activation(.tanh), [1, units], inputs: [sum])
    let new = current
    let update = part(of: gates, row: 0, 0..<units)
    return combined(.add, new, combined(.multiply, update, combined(.subtract, state, new)))
  }

  private func sequence() throws(ModelError) -> (steps: Int, depth: Int) {
    guard shape.count == 2 else {
      throw failure("\(shape)", "[steps, features]: a layer reshape above")
    }
    return (shape[0], shape[1])
  }

  private mutating func part(of value: Int, row: Int, _ columns: Range<Int>) -> Int {
    let view = StridedView(of: network.values[value].shape)
      .sliced(axis: 0, row..<row + 1).sliced(axis: 1, columns)
    append(.view(view), [1, columns.count], inputs: [value])
    return current
  }

  private mutating func combined(_ operation: BinaryArithmetic, _ left: Int, _ right: Int) -> Int {
    append(.binary(operation), network.values[left].shape, inputs: [left, right])
    return current
  }

  private mutating func zeros(_ count: Int, _ name: String) -> Int {
    network.addParameter(
      "\(name)/start", [1, 1, count], Array(repeating: 0, count: count), .constant)
  }

  /// A random matrix whose rows are orthogonal and of length 1 (Saxe et al. 2014), by the modified
  /// Gram-Schmidt process. O(count^3).
  private func orthogonal(_ count: Int, _ name: String) -> [Float] {
    var random = RandomStream(seed: seed, name: "recurrent weights of \(name)")
    var rows: [[Double]] = []
    for _ in 0..<count {
      var row = (0..<count).map { _ in random.normal() }
      for other in rows {
        let product = zip(row, other).reduce(0) { $0 + $1.0 * $1.1 }
        for i in row.indices { row[i] -= product * other[i] }
      }
      let length = row.reduce(0) { $0 + $1 * $1 }.squareRoot()
      rows.append(row.map { $0 / length })
    }
    return rows.flatMap { $0.map { Float($0) } }
  }
}
