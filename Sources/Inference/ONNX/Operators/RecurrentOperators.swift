import NeuralNetworks

/// `RNN`, `GRU` and `LSTM`, in both layouts and directions.
enum RecurrentOperators {
  static func rnn(_ call: OperatorCall) throws(ModelError) -> [ONNXValue] {
    try run(call, gates: 1, defaults: ["Tanh"]) { RecurrentCell.rnn(&$0) }
  }

  static func gru(_ call: OperatorCall) throws(ModelError) -> [ONNXValue] {
    let resetsAfter = try call.flag("linear_before_reset")
    return try run(call, gates: 3, defaults: ["Sigmoid", "Tanh"]) {
      RecurrentCell.gru(&$0, resetsAfter: resetsAfter)
    }
  }

  static func lstm(_ call: OperatorCall) throws(ModelError) -> [ONNXValue] {
    let coupled = try call.flag("input_forget")
    return try run(call, gates: 4, defaults: ["Sigmoid", "Tanh", "Tanh"]) {
      RecurrentCell.lstm(&$0, couplesForget: coupled)
    }
  }

  private static func run(
    _ call: OperatorCall, gates: Int, defaults: [String],
    _ step: (inout RecurrentState) -> Void
  ) throws(ModelError) -> [ONNXValue] {
    let plan = try RecurrentPlan(call, gates: gates)
    let hasCell = gates == 4
    var states: [RecurrentState] = []
    for direction in 0..<plan.directions {
      states.append(try RecurrentState(call, plan, direction, gates: gates, defaults: defaults))
    }
    try call.count(
      macs: plan.directions * plan.length * plan.batch * gates * plan.hidden
        * (plan.width + plan.hidden))
    var sequence = [Float](
      repeating: 0, count: plan.length * plan.directions * plan.batch * plan.hidden)
    for direction in states.indices {
      for step_ in 0..<plan.length {
        for batch in 0..<plan.batch where step_ < plan.lengths[batch] {
          let isReverse = plan.isReverse(direction)
          let time = isReverse ? plan.lengths[batch] - 1 - step_ : step_
          states[direction].read(time: time, batch: batch)
          step(&states[direction])
          states[direction].write(batch: batch)
          let row = ((time * plan.directions + direction) * plan.batch + batch) * plan.hidden
          sequence.replaceSubrange(row..<row + plan.hidden, with: states[direction].h)
        }
      }
    }
    var result = [try plan.sequenceOutput(sequence), try plan.stateOutput(states.map(\.hiddens))]
    if hasCell { result.append(try plan.stateOutput(states.map(\.cells))) }
    return result.map(ONNXValue.tensor)
  }
}

/// The extents of a recurrent operator, held against its operands.
struct RecurrentPlan {
  let directions: Int
  let length: Int
  let batch: Int
  let width: Int
  let hidden: Int
  let lengths: [Int]
  /// Batch first (`layout` 1).
  let isBatchFirst: Bool
  let elementType: ElementType
  private let direction: Direction

  enum Direction: String, CaseIterable {
    case forward, reverse, bidirectional
  }

  init(_ call: OperatorCall, gates: Int) throws(ModelError) {
    let (input, weights, recurrence) = (try call.input(0), try call.input(1), try call.input(2))
    direction = try call.choice("direction", default: .forward)
    directions = direction == .bidirectional ? 2 : 1
    isBatchFirst = try call.flag("layout")
    guard input.rank == 3, recurrence.rank == 3, weights.rank == 3 else {
      throw call.problem(
        "inputs", found: "\(input.shape), \(weights.shape), \(recurrence.shape)",
        expected: "three axes each")
    }
    elementType = input.elementType
    length = input.shape[isBatchFirst ? 1 : 0]
    batch = input.shape[isBatchFirst ? 0 : 1]
    width = input.shape[2]
    hidden = recurrence.shape[2]
    guard weights.shape.dimensions == [directions, gates * hidden, width],
      recurrence.shape.dimensions == [directions, gates * hidden, hidden],
      try call.int("hidden_size", default: hidden) == hidden
    else {
      throw call.problem(
        "weights", found: "\(weights.shape), \(recurrence.shape)",
        expected: "[\(directions), \(gates) x hidden size, ...]")
    }
    _ = try checkedShape([length, directions, batch, hidden], of: .float32)
    let steps = length
    lengths = try call.integers(4, limit: .max) ?? Array(repeating: steps, count: batch)
    guard lengths.count == batch, lengths.allSatisfy({ (0...steps).contains($0) }) else {
      throw call.problem(
        "sequence_lens", found: "\(lengths.count)", expected: "\(batch) in 0...\(steps)")
    }
  }

  func isReverse(_ index: Int) -> Bool { direction == .reverse || index == 1 }

  /// `values` are time, direction, batch, hidden.
  func sequenceOutput(_ values: [Float]) throws(ModelError) -> TensorValue {
    let tensor = try GenerationOperators.vector(values)
      .reshaped(checkedShape([length, directions, batch, hidden]))
    return try (isBatchFirst ? tensor.transposed([2, 0, 1, 3]) : tensor)
      .converted(to: elementType)
  }

  /// One state for each direction: batch, hidden.
  func stateOutput(_ states: [[Float]]) throws(ModelError) -> TensorValue {
    let tensor = try GenerationOperators.vector(states.flatMap { $0 })
      .reshaped(checkedShape([directions, batch, hidden]))
    return try (isBatchFirst ? tensor.transposed([1, 0, 2]) : tensor).converted(to: elementType)
  }

  /// An initial state: direction, batch, hidden.
  func initialState(
    _ call: OperatorCall, _ index: Int, _ direction: Int
  ) throws(ModelError) -> [Float] {
    let count = batch * hidden
    guard let tensor = try call.optionalInput(index) else {
      return Array(repeating: 0, count: count)
    }
    let expected = isBatchFirst ? [batch, directions, hidden] : [directions, batch, hidden]
    guard tensor.shape.dimensions == expected else {
      throw call.problem("input \(index)", found: "\(tensor.shape)", expected: "\(expected)")
    }
    let values = try (isBatchFirst ? tensor.transposed([1, 0, 2]) : tensor).floats()
    return Array(values[direction * count..<(direction + 1) * count])
  }
}
