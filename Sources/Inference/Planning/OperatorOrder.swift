import NeuralNetworks

/// Orders the operators of a subgraph anew so that fewer bytes live at one time.
///
/// A beam search over topological orders: of the sets of operators that may have run after so many
/// steps, the best few by peak go on. Operators that touch variables keep their order. Source: the
/// search over downsets of Ahn et al. 2020, "Ordering Chaos: Memory-Aware Scheduling of Irregularly
/// Wired Neural Networks for Edge Devices", with a bounded number of states.
struct OperatorOrder {
  private static let mostOperators = 2048
  private static let mostStates = 1 << 15

  private let subgraph: Subgraph
  /// For each operator, those that must have run before it.
  private let needed: [[Int]]
  /// For each tensor, the operators that read it; empty outside the arena.
  private let readers: [[Int]]
  private let isKept: [Bool]

  /// One of the search's partial orders.
  private struct State {
    var hasRun: [Bool]
    var order: [Int]
    var liveBytes: Int
    var peakBytes: Int
  }

  /// Indices of operators in the order of execution; the given one where there are too many.
  ///
  /// Complexity: O(n · width · ready operators), with n · width at most 2^15.
  static func search(_ subgraph: Subgraph) -> [Int] {
    guard (2...mostOperators).contains(subgraph.operators.count) else {
      return Array(subgraph.operators.indices)
    }
    return OperatorOrder(subgraph).best()
  }

  private init(_ subgraph: Subgraph) {
    self.subgraph = subgraph
    var writers = [Int?](repeating: nil, count: subgraph.tensors.count)
    var readers = [[Int]](repeating: [], count: subgraph.tensors.count)
    var needed: [[Int]] = []
    var lastStateful: Int?
    for (index, op) in subgraph.operators.enumerated() {
      var before = op.inputs.compactMap { $0.flatMap { writers[$0] } }
      if subgraph.touchesVariables(op) {
        if let lastStateful { before.append(lastStateful) }
        lastStateful = index
      }
      needed.append(before)
      for case let input? in op.inputs where subgraph.isInArena(input) {
        if readers[input].last != index { readers[input].append(index) }
      }
      for output in op.outputs { writers[output] = index }
    }
    self.needed = needed
    self.readers = readers
    var isKept = [Bool](repeating: false, count: subgraph.tensors.count)
    for output in subgraph.outputs { isKept[output] = true }
    self.isKept = isKept
  }

  private func best() -> [Int] {
    let count = subgraph.operators.count
    let width = max(1, min(64, Self.mostStates / count))
    let start = subgraph.inputs.reduce(0) { $0 + bytes(of: $1) }
    var states = [
      State(
        hasRun: Array(repeating: false, count: count), order: [], liveBytes: start,
        peakBytes: start)
    ]
    for _ in 0..<count {
      var next: [[Bool]: State] = [:]
      var keys: [[Bool]] = []
      for state in states {
        for op in subgraph.operators.indices where isReady(op, in: state) {
          let successor = running(op, after: state)
          if let known = next[successor.hasRun] {
            if successor.peakBytes < known.peakBytes { next[successor.hasRun] = successor }
          } else {
            keys.append(successor.hasRun)
            next[successor.hasRun] = successor
          }
        }
      }
      // In the order of discovery: no order of a dictionary reaches the result.
      let found = keys.compactMap { next[$0] }
      let ranked = found.indices.sorted {
        (found[$0].peakBytes, found[$0].liveBytes, $0)
          < (found[$1].peakBytes, found[$1].liveBytes, $1)
      }
      states = ranked.prefix(width).map { found[$0] }
    }
    return states[0].order
  }

  private func isReady(_ op: Int, in state: State) -> Bool {
    !state.hasRun[op] && needed[op].allSatisfy { state.hasRun[$0] }
  }

  private func bytes(of tensor: Int) -> Int {
    subgraph.isInArena(tensor) ? ArenaBuffer.rounded(subgraph.tensors[tensor].byteCount) : 0
  }

  private func running(_ index: Int, after state: State) -> State {
    let op = subgraph.operators[index]
    var state = state
    state.hasRun[index] = true
    state.order.append(index)
    state.liveBytes += op.outputs.reduce(0) { $0 + bytes(of: $1) }
    state.peakBytes = max(state.peakBytes, state.liveBytes)
    var freed: [Int] = []
    for tensor in op.inputs.compactMap({ $0 }) + op.outputs
    where !freed.contains(tensor) && !isKept[tensor] {
      guard readers[tensor].allSatisfy({ state.hasRun[$0] }) else { continue }
      freed.append(tensor)
      state.liveBytes -= bytes(of: tensor)
    }
    return state
  }
}

extension Subgraph {
  /// Whether an operator reads or writes what outlives an invocation.
  fileprivate func touchesVariables(_ op: Operator) -> Bool {
    switch op.operation {
    case .varHandle, .readVariable, .assignVariable, .callOnce, .conditional, .whileLoop: true
    default: (op.inputs.compactMap { $0 } + op.outputs).contains { tensors[$0].isVariable }
    }
  }
}
