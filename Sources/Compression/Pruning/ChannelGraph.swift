import NeuralNetworks

/// Which channels of a network must leave together, found by following them through its operators
/// (the dependency graph of Fang et al. 2023, "DepGraph: Towards Any Structural Pruning").
///
/// Every place along the last axis of an activation, and along the axes of weights that meet
/// activations, belongs to a class; an operator joins classes of its operands. What an operator
/// does with channels that is not known here fixes them; so do the network's inputs and outputs.
/// O(places x log places).
struct ChannelGraph {
  let subgraph: Subgraph
  private(set) var classes = ChannelClasses()

  /// Places that a network may have in all: memory grows with them.
  static let mostPlaces = 1 << 25

  /// - Throws: `ModelError` when the network has too many places.
  init(_ network: Network) throws(ModelError) {
    subgraph = network.main
    let count = subgraph.tensors.reduce(0) { $0 + $1.shape.dimensions.reduce(0, +) }
    guard count <= Self.mostPlaces else {
      throw ModelError(
        place: "network", found: "axes of \(count) places in all",
        expected: "at most \(Self.mostPlaces) to prune channels")
    }
    for (index, op) in subgraph.operators.enumerated() {
      let place = "operator \(index) (\(op.operation.name))"
      if !join(op, place: place) { fixOperands(of: op, "\(place) needs all of them") }
    }
    for tensor in subgraph.inputs { fix(tensor, "the network's input") }
    for tensor in subgraph.outputs { fix(tensor, "the network's output") }
    for tensor in subgraph.tensors.indices where subgraph.tensors[tensor].isVariable {
      fix(tensor, "a variable")
    }
  }

  // MARK: What rules are made of

  func shape(_ tensor: Int) -> [Int] { subgraph.tensors[tensor].shape.dimensions }

  func isConstant(_ tensor: Int) -> Bool { subgraph.tensors[tensor].constant != nil }

  /// The places along an axis; what is not of float32 stays.
  mutating func places(_ tensor: Int, axis: Int) -> Range<Int> {
    let places = classes.places(
      of: .init(tensor: tensor, axis: axis), extent: subgraph.tensors[tensor].shape[axis])
    let type = subgraph.tensors[tensor].elementType
    if type != .float32 { fix(places, "\(subgraph.tensors[tensor].name) is of \(type)") }
    return places
  }

  /// The places along the last axis; none for a scalar.
  mutating func channels(_ tensor: Int) -> Range<Int> {
    let rank = subgraph.tensors[tensor].shape.rank
    return rank == 0 ? 0..<0 : places(tensor, axis: rank - 1)
  }

  mutating func join(_ left: Int, _ right: Int) { classes.join(left, right) }

  /// Joins places one by one.
  ///
  /// - Precondition: as many on both sides.
  mutating func join(_ left: Range<Int>, _ right: Range<Int>) {
    precondition(left.count == right.count)
    for (a, b) in zip(left, right) { join(a, b) }
  }

  /// Joins places of axes of which one runs through the other's extent several times, as when an
  /// image of H x W x C becomes a row of H * W * C.
  ///
  /// - Returns: false when neither extent is a multiple of the other.
  mutating func joinRepeated(_ left: Range<Int>, _ right: Range<Int>) -> Bool {
    let (short, long) = left.count < right.count ? (left, right) : (right, left)
    guard short.count > 0, long.count % short.count == 0 else { return false }
    for (offset, place) in long.enumerated() {
      join(short.lowerBound + offset % short.count, place)
    }
    return true
  }

  mutating func fix(_ places: Range<Int>, _ reason: String) {
    for place in places { classes.fix(place, reason) }
  }

  /// All axes of a tensor.
  mutating func fix(_ tensor: Int, _ reason: String) {
    for axis in 0..<subgraph.tensors[tensor].shape.rank { fix(places(tensor, axis: axis), reason) }
  }

  /// Axes of a constant that a rule does not speak of.
  mutating func fixOtherAxes(_ tensor: Int, but axis: Int, _ reason: String) {
    guard isConstant(tensor) else { return }
    for other in 0..<subgraph.tensors[tensor].shape.rank where other != axis {
      fix(places(tensor, axis: other), reason)
    }
  }

  private mutating func fixOperands(of op: Operator, _ reason: String) {
    for tensor in op.inputs.compactMap({ $0 }) + op.outputs { fix(tensor, reason) }
  }
}
