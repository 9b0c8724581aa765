import NeuralNetworks

/// Runs a network operator by operator; shapes are whatever the inputs and the values make them.
///
/// Same results as `Interpreter`, slower: it serves networks whose shapes no plan can know.
public struct DynamicInterpreter: ~Copyable {
  /// Bytes that computed tensors may take at one time.
  public static let maximumLiveBytes = 1 << 30

  public let network: Network
  private let arithmetic: Arithmetic
  private let kernels: KernelSelection
  /// By subgraph and tensor, aligned as kernels need it.
  private let constants: [[TensorValue?]]
  private let variableNames: [[Int: String]]
  /// By subgraph: after which operator a tensor is read for the last time.
  private let lastUses: [[Int]]
  private var preparations: [[OperatorEvaluation.Preparation?]]
  private var variables: [String: TensorValue] = [:]
  /// By subgraph and tensor: states that kernels write in place.
  private var states: [[TensorValue?]]
  private var hasRun: [Bool]
  private var callsLeft = 0
  private var liveBytes = 0

  /// O(constants).
  ///
  /// - Parameter network: valid, as a reader gives it.
  public init(
    _ network: Network, arithmetic: Arithmetic, kernels: KernelSelection = .best
  ) throws(ModelError) {
    self.network = network
    self.arithmetic = arithmetic
    self.kernels = kernels
    var constants: [[TensorValue?]] = []
    for subgraph in network.subgraphs { constants.append(try subgraph.constantValues()) }
    self.constants = constants
    variableNames = network.subgraphs.map { $0.variableNames() }
    lastUses = network.subgraphs.map { $0.lastUses() }
    preparations = network.subgraphs.map { Array(repeating: nil, count: $0.operators.count) }
    states = network.subgraphs.map { Array(repeating: nil, count: $0.tensors.count) }
    hasRun = Array(repeating: false, count: network.subgraphs.count)
  }

  /// Forgets what variables hold, as when the device starts.
  public mutating func reset() {
    variables = [:]
    states = network.subgraphs.map { Array(repeating: nil, count: $0.tensors.count) }
    hasRun = Array(repeating: false, count: network.subgraphs.count)
  }

  /// Computes the outputs.
  ///
  /// - Parameter inputs: of any shapes that the operators take, in the stated element types.
  /// - Throws: `ModelError` when operands do not fit an operator, values make one impossible, a
  ///   loop does not end, or tensors take more than `maximumLiveBytes`.
  public mutating func run(_ inputs: [TensorValue]) throws(ModelError) -> [TensorValue] {
    callsLeft = Interpreter.maximumCallCount
    liveBytes = 0
    return try run(subgraph: 0, inputs)
  }

  private mutating func run(
    subgraph index: Int, _ inputs: [TensorValue]
  ) throws(ModelError) -> [TensorValue] {
    var subgraph = network.subgraphs[index]
    var values = constants[index]
    try bind(inputs, &subgraph, &values, place: "subgraph \(index)")
    for (number, op) in subgraph.operators.enumerated() {
      let place = "subgraph \(index), operator \(number) (\(op.operation.name))"
      let operands = operands(op.inputs, values, subgraph: index)
      let outputs = try outputs(of: op, number, operands, &subgraph, (index, place))
      for (tensor, value) in zip(op.outputs, outputs) {
        subgraph.tensors[tensor].shape = value.shape
        values[tensor] = value
        liveBytes += value.byteCount
      }
      guard liveBytes <= Self.maximumLiveBytes else {
        throw ModelError(
          place: place, found: "\(liveBytes) bytes of tensors",
          expected: "at most \(Self.maximumLiveBytes) at one time")
      }
      release(op, after: number, &values, subgraph: index)
    }
    return operands(subgraph.outputs, values, subgraph: index).compactMap { $0 }
  }

  private func bind(
    _ inputs: [TensorValue], _ subgraph: inout Subgraph, _ values: inout [TensorValue?],
    place: String
  ) throws(ModelError) {
    guard inputs.count == subgraph.inputs.count else {
      throw ModelError(
        place: place, found: "\(inputs.count) inputs", expected: "\(subgraph.inputs.count)")
    }
    for (tensor, value) in zip(subgraph.inputs, inputs) {
      guard subgraph.tensors[tensor].elementType == value.elementType else {
        throw ModelError(
          place: "\(place), input \(subgraph.tensors[tensor].name)",
          found: value.elementType.rawValue,
          expected: subgraph.tensors[tensor].elementType.rawValue)
      }
      subgraph.tensors[tensor].shape = value.shape
      values[tensor] = value
    }
  }

  /// Validation demands that every operand has a value by now, or is a state, which begins as 0.
  private mutating func operands(
    _ tensors: [Int?], _ values: [TensorValue?], subgraph index: Int
  ) -> [TensorValue?] {
    tensors.map { tensor in
      guard let tensor else { return nil }
      if let value = values[tensor] ?? states[index][tensor] { return value }
      let stated = network.subgraphs[index].tensors[tensor]
      guard stated.isVariable else { return nil }
      states[index][tensor] = stated.zeroValue()
      return states[index][tensor]
    }
  }

  private mutating func outputs(
    of op: Operator, _ number: Int, _ operands: [TensorValue?], _ subgraph: inout Subgraph,
    _ at: (subgraph: Int, place: String)
  ) throws(ModelError) -> [TensorValue] {
    switch op.operation {
    case .varHandle: return []
    case .readVariable:
      let value = op.inputs[0].flatMap { variableNames[at.subgraph][$0] }.flatMap { variables[$0] }
      return [value ?? subgraph.tensors[op.outputs[0]].zeroValue()].compactMap { $0 }
    case .assignVariable:
      if let handle = op.inputs[0], let name = variableNames[at.subgraph][handle] {
        variables[name] = operands[1]
      }
      return []
    case .callOnce(let callee):
      if !hasRun[callee] {
        hasRun[callee] = true
        _ = try call(callee, [], place: at.place)
      }
      return []
    case .conditional(let then, let otherwise):
      let isTrue = Self.isTrue(operands[0])
      return try call(
        isTrue ? then : otherwise, operands.dropFirst().compactMap { $0 }, place: at.place)
    case .whileLoop(let condition, let body):
      var state = operands.compactMap { $0 }
      while Self.isTrue(try call(condition, state, place: at.place).first) {
        state = try call(body, state, place: at.place)
      }
      return state
    default:
      let evaluation = OperatorEvaluation(
        network: network.subgraphs, op: op, arithmetic: arithmetic, kernels: kernels,
        place: at.place)
      return try evaluation.outputs(
        operands, in: &subgraph, &preparations[at.subgraph][number])
    }
  }

  private static func isTrue(_ value: TensorValue?) -> Bool {
    value?.withBytes { $0.first ?? 0 } ?? 0 != 0
  }

  private mutating func call(
    _ callee: Int, _ inputs: [TensorValue], place: String
  ) throws(ModelError) -> [TensorValue] {
    callsLeft -= 1
    guard callsLeft >= 0 else {
      throw ModelError(
        place: place, found: "a loop that goes on",
        expected: "at most \(Interpreter.maximumCallCount) calls of subgraphs in an invocation")
    }
    let before = liveBytes
    defer { liveBytes = before }
    return try run(subgraph: callee, inputs)
  }

  private mutating func release(
    _ op: Operator, after number: Int, _ values: inout [TensorValue?], subgraph index: Int
  ) {
    for tensor in op.inputs.compactMap({ $0 }) + op.outputs
    where lastUses[index][tensor] <= number && constants[index][tensor] == nil {
      if let value = values[tensor], !network.subgraphs[index].inputs.contains(tensor) {
        liveBytes -= value.byteCount
      }
      values[tensor] = nil
    }
  }
}
