import NeuralNetworks

/// Runs a planned network. Not thread-safe; make one for each thread.
///
/// Every pointer is made in `init`; `invoke` allocates nothing but what a hybrid kernel needs.
///
/// With room for a batch, each tensor holds its samples one after the other: kernels that take
/// batches use their weights for all of them, others are called sample by sample. Results do not
/// depend on it.
public struct Interpreter: ~Copyable {
  public let plan: ExecutionPlan
  /// Samples that one invocation may run.
  public let batchSize: Int
  private let arena: UnsafeMutableRawPointer
  private let variables: UnsafeMutableRawPointer
  private let scratch: UnsafeMutableRawPointer
  /// By sample, then by subgraph.
  private let tables: [[OperandTable]]
  private let failure: UnsafeMutablePointer<KernelFailure?>
  private var hasRun: [Bool]
  private var callsLeft = 0

  /// O(arena + operands), times the batch size.
  ///
  /// - Precondition: 1 unless the plan takes batches.
  public init(_ plan: ExecutionPlan, batchSize: Int = 1) {
    precondition(batchSize == 1 || batchSize > 1 && plan.takesBatches, "a plan without batches")
    self.plan = plan
    self.batchSize = batchSize
    arena = .allocateZeroed(byteCount: plan.arenaBytes * batchSize)
    variables = .allocateZeroed(byteCount: plan.variableBytes)
    let scratch = UnsafeMutableRawPointer.allocateZeroed(
      byteCount: plan.scratchBytes(batchSize: batchSize))
    self.scratch = scratch
    let bases = MemoryBases(
      arena: arena, variables: variables, constants: plan.constants, batchSize: batchSize)
    let failure = UnsafeMutablePointer<KernelFailure?>.allocate(capacity: 1)
    failure.initialize(to: nil)
    self.failure = failure
    tables = (0..<batchSize).map { sample in
      plan.subgraphs.map {
        OperandTable($0, bases, sample: sample, scratch: scratch, failure: failure)
      }
    }
    hasRun = Array(repeating: false, count: plan.subgraphs.count)
    fillVariables()
  }

  deinit {
    arena.deallocate()
    variables.deallocate()
    scratch.deallocate()
    failure.deallocate()
    for table in tables.joined() { table.deallocate() }
  }

  /// Forgets what variables hold, as when the device starts.
  public mutating func reset() {
    variables.initializeMemory(as: UInt8.self, repeating: 0, count: plan.variableBytes)
    hasRun = Array(repeating: false, count: plan.subgraphs.count)
    fillVariables()
  }

  private func fillVariables() {
    for fill in plan.variableFills {
      (variables + fill.range.lowerBound).initializeMemory(
        as: UInt8.self, repeating: fill.byte, count: fill.range.count)
    }
  }

  /// Copies an input's elements into the arena. Inputs do not outlive an invocation.
  ///
  /// - Precondition: `bytes` are as many as the tensor's.
  public mutating func setInput(_ index: Int, bytes: UnsafeRawBufferPointer, sample: Int = 0) {
    let place = plan.subgraphs[0].inputs[index]
    precondition(bytes.count == place.byteCount, "an input of the wrong size")
    precondition(sample >= 0 && sample < batchSize, "a sample outside the batch")
    UnsafeMutableRawBufferPointer(
      start: bases.mutablePointer(to: place, sample: sample), count: place.byteCount
    ).copyBytes(from: bytes)
  }

  /// Subgraphs that one invocation may call: a bound on loops that never end.
  public static let maximumCallCount = 1 << 20

  /// Computes the outputs from the inputs and the variables.
  ///
  /// - Throws: `ModelError` when values make an operator impossible, like an index out of range, or
  ///   a loop does not end; the outputs are undefined then.
  public mutating func invoke() throws(ModelError) { try invoke(sampleCount: 1) }

  /// Computes the outputs of the batch's first samples.
  ///
  /// - Throws: as `invoke`.
  public mutating func invoke(sampleCount: Int) throws(ModelError) {
    precondition(sampleCount >= 1 && sampleCount <= batchSize, "more samples than the batch has")
    callsLeft = Self.maximumCallCount
    try run(subgraph: 0, sampleCount: sampleCount)
  }

  /// `invoke()`, with the time of each operator added to `times`. Results do not depend on it.
  public mutating func invoke(timing times: inout OperatorTimes) throws(ModelError) {
    callsLeft = Self.maximumCallCount
    for step in plan.subgraphs[0].operators.indices {
      let start = OperatorTimes.now()
      try perform(step, of: 0, sampleCount: 1)
      times.add(OperatorTimes.now() - start, step: step)
    }
    times.invocationCount += 1
  }

  private mutating func run(subgraph: Int, sampleCount: Int) throws(ModelError) {
    for step in plan.subgraphs[subgraph].operators.indices {
      try perform(step, of: subgraph, sampleCount: sampleCount)
    }
  }

  private mutating func perform(
    _ step: Int, of subgraph: Int, sampleCount: Int
  ) throws(ModelError) {
    // Most operators are kernels: nothing else of them is copied.
    if case .kernel(let kernel) = plan.subgraphs[subgraph].operators[step].action {
      perform(kernel, step, of: subgraph, sampleCount: sampleCount)
      guard let reason = failure.pointee else { return }
      throw failed(plan.subgraphs[subgraph].operators[step], reason)
    }
    let op = plan.subgraphs[subgraph].operators[step]
    switch op.action {
    case .callOnce(let callee):
      if !hasRun[callee] {
        hasRun[callee] = true
        try call(callee, of: op)
      }
    case .conditional(let then, let otherwise):
      guard let condition = op.inputs[0] else { preconditionFailure("no condition") }
      let callee = isTrue(condition) ? then : otherwise
      copy(op.inputs.dropFirst().compactMap { $0 }, to: plan.subgraphs[callee].inputs)
      try call(callee, of: op)
      copy(plan.subgraphs[callee].outputs, to: op.outputs)
    case .loop(let condition, let body): try runLoop(op, condition: condition, body: body)
    case .nothing, .kernel: break
    }
  }

  private func perform(
    _ kernel: PreparedKernel, _ step: Int, of subgraph: Int, sampleCount: Int
  ) {
    if kernel.takesBatches {
      var operands = tables[0][subgraph].operands[step]
      operands.sampleCount = sampleCount
      kernel.body(operands)
    } else {
      for sample in 0..<sampleCount { kernel.body(tables[sample][subgraph].operands[step]) }
    }
  }

  private mutating func runLoop(
    _ op: PlannedOperator, condition: Int, body: Int
  ) throws(ModelError) {
    let (test, step) = (plan.subgraphs[condition], plan.subgraphs[body])
    copy(op.inputs.compactMap { $0 }, to: op.outputs)
    while true {
      copy(op.outputs, to: test.inputs)
      try call(condition, of: op)
      guard isTrue(test.outputs[0]) else { return }
      copy(op.outputs, to: step.inputs)
      try call(body, of: op)
      copy(step.outputs, to: op.outputs)
    }
  }

  /// A plan with calls takes no batches.
  private mutating func call(_ callee: Int, of op: PlannedOperator) throws(ModelError) {
    callsLeft -= 1
    guard callsLeft >= 0 else {
      throw ModelError(
        place: op.place, found: "a loop that goes on",
        expected: "at most \(Self.maximumCallCount) calls of subgraphs in an invocation")
    }
    try run(subgraph: callee, sampleCount: 1)
  }

  private func failed(_ op: PlannedOperator, _ reason: KernelFailure) -> ModelError {
    failure.pointee = nil
    return ModelError(
      place: op.place, found: reason.rawValue, expected: "values that the operator can take")
  }

  private func isTrue(_ place: TensorPlace) -> Bool {
    bases.pointer(to: place, sample: 0).load(as: UInt8.self) != 0
  }

  /// Operands of a call have equal types on both sides, as validation demands.
  private func copy(_ sources: [TensorPlace], to targets: [TensorPlace]) {
    for (source, target) in zip(sources, targets) {
      bases.mutablePointer(to: target, sample: 0).copyMemory(
        from: bases.pointer(to: source, sample: 0), byteCount: target.byteCount)
    }
  }

  /// An output's elements, valid inside `body` only.
  public func withOutput<Result>(
    _ index: Int, sample: Int = 0, _ body: (UnsafeRawBufferPointer) throws -> Result
  ) rethrows -> Result {
    let place = plan.subgraphs[0].outputs[index]
    precondition(sample >= 0 && sample < batchSize, "a sample outside the batch")
    return try body(
      UnsafeRawBufferPointer(
        start: bases.pointer(to: place, sample: sample), count: place.byteCount))
  }

  private var bases: MemoryBases {
    MemoryBases(
      arena: arena, variables: variables, constants: plan.constants, batchSize: batchSize)
  }
}

extension UnsafeMutableRawPointer {
  /// Aligned to 64 bytes.
  fileprivate static func allocateZeroed(byteCount: Int) -> Self {
    let memory = Self.allocate(byteCount: max(byteCount, 1), alignment: 64)
    memory.initializeMemory(as: UInt8.self, repeating: 0, count: byteCount)
    return memory
  }
}
