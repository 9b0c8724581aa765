/// The operands of every operator of a subgraph as pointers.
struct OperandTable {
  /// An absent optional input is nil, up to this many: no schema has more optional inputs.
  private static let minimumInputCount = 3

  let operands: [KernelOperands]
  private let inputs: UnsafeMutablePointer<UnsafeRawPointer?>
  private let outputs: UnsafeMutablePointer<UnsafeMutableRawPointer?>

  init(
    _ plan: SubgraphPlan, _ bases: MemoryBases, sample: Int, scratch: UnsafeMutableRawPointer,
    failure: UnsafeMutablePointer<KernelFailure?>
  ) {
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
        nextInput[index] = place.flatMap { bases.operand(at: $0, sample: sample) }
      }
      for (index, place) in op.outputs.enumerated() {
        nextOutput[index] = bases.mutablePointer(to: place, sample: sample)
      }
      operands.append(
        KernelOperands(
          inputs: nextInput, outputs: nextOutput, scratch: scratch, failure: failure))
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
