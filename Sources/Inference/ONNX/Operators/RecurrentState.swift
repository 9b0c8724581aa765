import NeuralNetworks

/// One direction of a recurrent operator while it runs: weights, states, and the vectors of the
/// step and batch element at hand.
struct RecurrentState {
  let plan: RecurrentPlan
  let gates: Int
  /// Functions f, g, h of the specification.
  let functions: [@Sendable (Float) -> Float]
  /// Peephole weights of `LSTM`: input, output, forget gate.
  let peephole: [Float]?
  private let input: [Float]
  private let weights: [Float]
  private let recurrence: [Float]
  private let biases: [Float]
  private let limit: Float?
  /// All states: batch, hidden.
  private(set) var hiddens: [Float]
  private(set) var cells: [Float]

  /// The state at hand.
  var h: [Float]
  var c: [Float]
  private var x: ArraySlice<Float> = []

  init(
    _ call: OperatorCall, _ plan: RecurrentPlan, _ direction: Int, gates: Int, defaults: [String]
  ) throws(ModelError) {
    self.plan = plan
    self.gates = gates
    let size = gates * plan.hidden
    input = try call.input(0).floats()
    weights = try Self.part(call.input(1), direction, size * plan.width)
    recurrence = try Self.part(call.input(2), direction, size * plan.hidden)
    if let bias = try call.optionalInput(3) {
      guard bias.count == plan.directions * 2 * size else {
        throw call.problem("bias", found: "\(bias.shape)", expected: "2 x \(size) a direction")
      }
      biases = try Self.part(bias, direction, 2 * size)
    } else {
      biases = Array(repeating: 0, count: 2 * size)
    }
    hiddens = try plan.initialState(call, 5, direction)
    cells = gates == 4 ? try plan.initialState(call, 6, direction) : []
    if gates == 4, let tensor = try call.optionalInput(7) {
      guard tensor.count == plan.directions * 3 * plan.hidden else {
        throw call.problem("peepholes", found: "\(tensor.shape)", expected: "3 a unit")
      }
      peephole = try Self.part(tensor, direction, 3 * plan.hidden)
    } else {
      peephole = nil
    }
    functions = try RecurrentCell.functions(call, direction, defaults: defaults)
    limit =
      call.node.attribute("clip") == nil ? nil : try call.float("clip", default: .infinity)
    h = Array(repeating: 0, count: plan.hidden)
    c = []
  }

  private static func part(
    _ tensor: TensorValue, _ direction: Int, _ count: Int
  ) throws(ModelError) -> [Float] {
    Array(try tensor.floats()[direction * count..<(direction + 1) * count])
  }

  mutating func read(time: Int, batch: Int) {
    let row = plan.isBatchFirst ? batch * plan.length + time : time * plan.batch + batch
    x = input[row * plan.width..<(row + 1) * plan.width]
    h = Array(hiddens[batch * plan.hidden..<(batch + 1) * plan.hidden])
    if gates == 4 { c = Array(cells[batch * plan.hidden..<(batch + 1) * plan.hidden]) }
  }

  mutating func write(batch: Int) {
    let range = batch * plan.hidden..<(batch + 1) * plan.hidden
    hiddens.replaceSubrange(range, with: h)
    if gates == 4 { cells.replaceSubrange(range, with: c) }
  }

  /// W x + Wb of one gate.
  func fromInput(_ gate: Int) -> [Float] {
    product(weights, x, gate, plan.width, biases[(gate * plan.hidden)...])
  }

  /// R v + Rb of one gate.
  func fromState(_ gate: Int, _ state: [Float]) -> [Float] {
    product(
      recurrence, state[...], gate, plan.hidden, biases[((gates + gate) * plan.hidden)...])
  }

  /// Both together.
  func sum(_ gate: Int) -> [Float] {
    zip(fromInput(gate), fromState(gate, h)).map { $0 + $1 }
  }

  private func product(
    _ matrix: [Float], _ vector: ArraySlice<Float>, _ gate: Int, _ width: Int,
    _ bias: ArraySlice<Float>
  ) -> [Float] {
    var result = Array(bias.prefix(plan.hidden))
    matrix.withUnsafeBufferPointer { matrix in
      vector.withUnsafeBufferPointer { vector in
        for unit in 0..<plan.hidden {
          let start = (gate &* plan.hidden &+ unit) &* width
          var sums = SIMD8<Float>.zero
          var k = 0
          while k + 8 <= width {
            for lane in 0..<8 { sums[lane] += matrix[start &+ k &+ lane] * vector[k &+ lane] }
            k += 8
          }
          var sum = sums.sum()
          while k < width {
            sum += matrix[start &+ k] * vector[k]
            k += 1
          }
          result[unit] += sum
        }
      }
    }
    return result
  }

  /// A function of the specification (0 is f), of the clipped sum.
  func apply(_ index: Int, _ values: [Float]) -> [Float] {
    let function = functions[index]
    guard let limit else { return values.map(function) }
    return values.map { function(min(max($0, -limit), limit)) }
  }
}
