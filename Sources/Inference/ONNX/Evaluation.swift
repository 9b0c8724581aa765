import NeuralNetworks

/// One run of a program: the values of its slots, and what was counted.
final class Evaluation {
  let limits: EvaluationLimits
  private var slots: [ONNXValue?]
  private var nodeRuns = 0
  private var graphRuns = 0
  private var liveBytes = 0
  private(set) var mostLiveBytes = 0
  private(set) var macs = 0
  private var steps = 0
  /// Called after each node.
  private let observe: ((GraphProgram.Step, NodeRun) -> Void)?
  private var depth = 0
  /// The node whose operator threw.
  private(set) var failed: ONNXNodeID?

  init(
    slotCount: Int, limits: EvaluationLimits,
    observe: ((GraphProgram.Step, NodeRun) -> Void)? = nil
  ) {
    self.limits = limits
    slots = Array(repeating: nil, count: slotCount)
    self.observe = observe
  }

  func count(macs: Int) throws(ModelError) {
    try count(steps: macs)
    self.macs += macs
  }

  /// Counts work that is no multiply-accumulate, such as a pool's comparisons.
  func count(steps: Int) throws(ModelError) {
    let (sum, overflow) = self.steps.addingReportingOverflow(steps)
    guard steps >= 0, !overflow, sum <= limits.steps else {
      throw ModelError(
        place: "work", found: "more than \(limits.steps) steps", expected: "at most as many")
    }
    self.steps = sum
  }

  /// Refuses values that a loop collects beyond the limit of live bytes.
  static func check(collectedBytes: Int) throws(ModelError) {
    guard collectedBytes <= TensorValue.maximumByteCount else {
      throw ModelError(
        place: "memory", found: "\(collectedBytes) bytes collected by a loop",
        expected: "at most \(TensorValue.maximumByteCount)")
    }
  }

  /// Runs the steps in order.
  ///
  /// - Precondition: as many values as the graph has inputs (checked for inner graphs here).
  func run(_ graph: GraphProgram, inputs: [ONNXValue]) throws(ModelError) -> [ONNXValue] {
    guard inputs.count == graph.inputs.count else {
      throw ModelError(
        place: "graph", found: "\(graph.inputs.count) inputs", expected: "\(inputs.count)")
    }
    graphRuns += 1
    guard graphRuns <= limits.graphRuns else {
      throw ModelError(
        place: "work", found: "more than \(limits.graphRuns) runs of inner graphs",
        expected: "loops that end")
    }
    depth += 1
    defer { depth -= 1 }
    for constant in graph.constants {
      slots[constant.slot] = .tensor(try constant.value.checkedIfEmpty())
    }
    for (slot, value) in zip(graph.inputs, inputs) { try set(slot, value) }
    for step in graph.steps {
      do { try run(step) } catch {
        if failed == nil { failed = step.id }
        throw error.inside(step.place)
      }
    }
    var outputs: [ONNXValue] = []
    for slot in graph.outputs {
      guard let value = slots[slot] else { preconditionFailure("an output without a value") }
      outputs.append(value)
    }
    for slot in graph.outputs + graph.inputs { clearOwn(slot, graph) }
    return outputs
  }

  private func run(_ step: GraphProgram.Step) throws(ModelError) {
    nodeRuns += 1
    guard nodeRuns <= limits.nodeRuns else {
      throw ModelError(
        place: "work", found: "more than \(limits.nodeRuns) node runs",
        expected: "loops that end")
    }
    let before = macs
    let inputs = step.inputs.map { $0.flatMap { slots[$0] } }
    try count(steps: inputs.reduce(0) { $0 + ($1?.walkedCount ?? 0) })
    let call = OperatorCall(
      node: step.node, version: step.version, inputs: inputs, evaluation: self,
      graphs: step.graphs)
    let outputs = try step.body(call)
    try count(steps: outputs.reduce(0) { $0 + $1.walkedCount })
    for (index, slot) in step.outputs.enumerated() {
      guard let slot else { continue }
      guard index < outputs.count else {
        throw ModelError(
          place: "output \(index)", found: "an output that the operator does not have",
          expected: "at most \(outputs.count)")
      }
      try set(slot, outputs[index])
    }
    observe?(
      step,
      NodeRun(inputs: call.inputs, outputs: outputs, macs: macs - before, isInner: depth > 1))
    for slot in step.released { set(empty: slot) }
  }

  private func set(_ slot: Int, _ value: ONNXValue) throws(ModelError) {
    set(empty: slot)
    liveBytes += value.byteCount
    mostLiveBytes = max(mostLiveBytes, liveBytes)
    slots[slot] = value
    guard liveBytes <= limits.liveBytes else {
      throw ModelError(
        place: "memory", found: "\(liveBytes) bytes of live values",
        expected: "at most \(limits.liveBytes)")
    }
  }

  private func set(empty slot: Int) {
    liveBytes -= slots[slot]?.byteCount ?? 0
    slots[slot] = nil
  }

  /// Forgets a graph's output, unless it is a constant or a value of the graph around.
  private func clearOwn(_ slot: Int, _ graph: GraphProgram) {
    let isOwn =
      graph.inputs.contains(slot) || graph.steps.contains { $0.outputs.contains(slot) }
    if isOwn { set(empty: slot) }
  }
}

/// What one node did.
struct NodeRun {
  var inputs: [ONNXValue?]
  var outputs: [ONNXValue]
  var macs: Int
  /// Whether it is of a graph that another node ran.
  var isInner: Bool
}

extension TensorValue {
  /// A constant of the file takes no more memory than the file, unless it has no elements.
  func checkedIfEmpty() throws(ModelError) -> TensorValue {
    if count == 0 { try Self.checkSize(elementType, shape) }
    return self
  }
}

extension ONNXValue {
  /// Steps that the least work on it takes.
  fileprivate var walkedCount: Int {
    switch self {
    case .tensor(let tensor): tensor.shape.walkedCount
    case .sequence(let values): values.reduce(1) { $0 + $1.walkedCount }
    case .nothing: 1
    }
  }
}
