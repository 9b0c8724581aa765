import NeuralNetworks

/// Runs a planned network. Not thread-safe; make one for each thread.
///
/// Every pointer is made in `init`; `invoke` allocates nothing but what a hybrid kernel needs.
public struct Interpreter: ~Copyable {
  public let plan: ExecutionPlan
  private let arena: UnsafeMutableRawPointer
  private let variables: UnsafeMutableRawPointer
  private let tables: [OperandTable]
  private var hasRun: [Bool]

  /// O(arena + operands).
  public init(_ plan: ExecutionPlan) {
    self.plan = plan
    let arena = UnsafeMutableRawPointer.allocate(
      byteCount: max(plan.arenaBytes, 1), alignment: 64)
    let variables = UnsafeMutableRawPointer.allocate(
      byteCount: max(plan.variableBytes, 1), alignment: 64)
    arena.initializeMemory(as: UInt8.self, repeating: 0, count: plan.arenaBytes)
    variables.initializeMemory(as: UInt8.self, repeating: 0, count: plan.variableBytes)
    self.arena = arena
    self.variables = variables
    let bases = MemoryBases(arena: arena, variables: variables, constants: plan.constants)
    tables = plan.subgraphs.map { OperandTable($0, bases) }
    hasRun = Array(repeating: false, count: plan.subgraphs.count)
  }

  deinit {
    arena.deallocate()
    variables.deallocate()
    for table in tables { table.deallocate() }
  }

  /// Forgets what variables hold, as when the device starts.
  public mutating func reset() {
    variables.initializeMemory(as: UInt8.self, repeating: 0, count: plan.variableBytes)
    hasRun = Array(repeating: false, count: plan.subgraphs.count)
  }

  /// Copies an input's elements into the arena. Inputs do not outlive an invocation.
  ///
  /// - Precondition: `bytes` are as many as the tensor's.
  public mutating func setInput(_ index: Int, bytes: UnsafeRawBufferPointer) {
    let place = plan.subgraphs[0].inputs[index]
    precondition(bytes.count == place.byteCount, "an input of the wrong size")
    UnsafeMutableRawBufferPointer(start: arena + place.offset, count: place.byteCount)
      .copyBytes(from: bytes)
  }

  /// Computes the outputs from the inputs and the variables.
  public mutating func invoke() { run(subgraph: 0) }

  /// The same, with the time of each operator added to `times`. Results do not depend on it.
  public mutating func invoke(timing times: inout OperatorTimes) {
    for step in plan.subgraphs[0].operators.indices {
      let start = OperatorTimes.now()
      perform(step, of: 0)
      times.add(OperatorTimes.now() - start, step: step)
    }
    times.invocationCount += 1
  }

  private mutating func run(subgraph: Int) {
    for step in plan.subgraphs[subgraph].operators.indices { perform(step, of: subgraph) }
  }

  private mutating func perform(_ step: Int, of subgraph: Int) {
    switch plan.subgraphs[subgraph].operators[step].action {
    case .kernel(let body): body(tables[subgraph].operands[step])
    case .callOnce(let callee):
      if !hasRun[callee] {
        hasRun[callee] = true
        run(subgraph: callee)
      }
    case .nothing: break
    }
  }

  /// An output's elements, valid inside `body` only.
  public func withOutput<Result>(
    _ index: Int, _ body: (UnsafeRawBufferPointer) throws -> Result
  ) rethrows -> Result {
    let place = plan.subgraphs[0].outputs[index]
    let bases = MemoryBases(arena: arena, variables: variables, constants: plan.constants)
    return try body(
      UnsafeRawBufferPointer(start: bases.pointer(to: place), count: place.byteCount))
  }
}

/// Where the memories of an interpreter begin.
private struct MemoryBases {
  let arena: UnsafeMutableRawPointer
  let variables: UnsafeMutableRawPointer
  let constants: ConstantMemory

  func pointer(to place: TensorPlace) -> UnsafeRawPointer {
    switch place.memory {
    case .arena: UnsafeRawPointer(arena + place.offset)
    case .variables: UnsafeRawPointer(variables + place.offset)
    case .constants: constants.pointer(slot: place.offset)
    }
  }

  /// - Precondition: no constant.
  func mutablePointer(to place: TensorPlace) -> UnsafeMutableRawPointer {
    switch place.memory {
    case .arena: arena + place.offset
    case .variables: variables + place.offset
    case .constants: preconditionFailure("a constant as output")
    }
  }
}

/// The operands of every operator of a subgraph as pointers.
private struct OperandTable {
  /// An absent optional input is nil, up to this many: no schema has more optional inputs.
  private static let minimumInputCount = 3

  let operands: [KernelOperands]
  private let inputs: UnsafeMutablePointer<UnsafeRawPointer?>
  private let outputs: UnsafeMutablePointer<UnsafeMutableRawPointer?>

  init(_ plan: SubgraphPlan, _ bases: MemoryBases) {
    let inputCounts = plan.operators.map { max($0.inputs.count, Self.minimumInputCount) }
    let inputTotal = inputCounts.reduce(0, +)
    let outputTotal = plan.operators.reduce(0) { $0 + $1.outputs.count }
    inputs = .allocate(capacity: max(inputTotal, 1))
    outputs = .allocate(capacity: max(outputTotal, 1))
    inputs.initialize(repeating: nil, count: inputTotal)
    outputs.initialize(repeating: nil, count: outputTotal)
    var operands: [KernelOperands] = []
    var (nextInput, nextOutput) = (inputs, outputs)
    for (op, inputCount) in zip(plan.operators, inputCounts) {
      for (index, place) in op.inputs.enumerated() {
        nextInput[index] = place.map { bases.pointer(to: $0) }
      }
      for (index, place) in op.outputs.enumerated() {
        nextOutput[index] = bases.mutablePointer(to: place)
      }
      operands.append(KernelOperands(inputs: nextInput, outputs: nextOutput))
      nextInput += inputCount
      nextOutput += op.outputs.count
    }
    self.operands = operands
  }

  func deallocate() {
    inputs.deallocate()
    outputs.deallocate()
  }
}
