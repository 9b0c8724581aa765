import NeuralNetworks

/// The channels that structured pruning may choose from, in groups that it chooses in.
///
/// A group is the layers that share a class of channels, like those whose sums meet in a residual
/// block: one share of channels holds for all of them.
struct ChannelCandidates {
  /// The axis of a layer's weights whose slices are scored.
  struct ScoredAxis: Sendable {
    var layer: WeightLayer
    var isOutput: Bool
    /// Roots of the classes along the axis.
    var roots: [Int]
  }

  struct Group: Sendable {
    /// Places in `axes`.
    var axes: [Int]
    /// Classes, each once, in the order of their channels.
    var roots: [Int]
    /// Of each class, beside `roots`.
    var scores: [Double]
  }

  let graph: ChannelGraph
  let axes: [ScoredAxis]
  private(set) var groups: [Group]
  /// How often each class stands on each axis of the graph, by root.
  private let members: [Int: [(axis: Int, count: Int)]]
  /// Places left on each axis of the graph.
  private var remaining: [Int]
  private let minimum: Int
  private(set) var removed: Set<Int> = []

  /// - Parameters:
  ///   - layers: those whose channels count, with whether outputs are scored or inputs.
  ///   - minimum: channels that every axis keeps.
  init(_ graph: ChannelGraph, _ layers: [WeightLayer], outputs: Bool, minimum: Int) {
    self.graph = graph
    self.minimum = max(minimum, 1)
    axes = layers.compactMap { layer in
      guard let axis = outputs ? layer.outputAxis : layer.inputAxis,
        let places = graph.classes.knownPlaces(of: .init(tensor: layer.weights, axis: axis))
      else { return nil }
      return ScoredAxis(layer: layer, isOutput: outputs, roots: places.map(graph.classes.root))
    }
    remaining = graph.classes.places.map(\.count)
    var members: [Int: [(axis: Int, count: Int)]] = [:]
    for (axis, places) in graph.classes.places.enumerated() {
      for place in places {
        let root = graph.classes.root(place)
        // Taken out, so that it is not copied.
        var own = members.removeValue(forKey: root) ?? []
        if own.last?.axis == axis {
          own[own.count - 1].count += 1
        } else {
          own.append((axis, 1))
        }
        members[root] = own
      }
    }
    self.members = members
    groups = Self.groups(axes)
  }

  /// Axes that share a class are of one group.
  private static func groups(_ axes: [ScoredAxis]) -> [Group] {
    var owners: [Int: Int] = [:]
    var groupOfAxis = Array(axes.indices)
    for (index, axis) in axes.enumerated() {
      for root in axis.roots {
        guard let owner = owners[root] else {
          owners[root] = index
          continue
        }
        let (a, b) = (groupOfAxis[owner], groupOfAxis[index])
        if a != b { groupOfAxis = groupOfAxis.map { $0 == max(a, b) ? min(a, b) : $0 } }
      }
    }
    return Set(groupOfAxis).sorted().map { group in
      let members = axes.indices.filter { groupOfAxis[$0] == group }
      let roots = Set(members.flatMap { axes[$0].roots }).sorted()
      return Group(axes: members, roots: roots, scores: roots.map { _ in 0 })
    }
  }

  /// Sets the scores of all classes: the mean over a group's axes of a class's share of its axis.
  ///
  /// - Parameter sliceScores: one for each place along each axis.
  mutating func score(_ sliceScores: [[Double]]) {
    let shares = zip(axes, sliceScores).map { axis, scores -> [Int: Double] in
      let total = scores.reduce(0, +)
      let factor = total > 0 ? Double(Set(axis.roots).count) / total : 0
      var shares: [Int: Double] = [:]
      for (root, score) in zip(axis.roots, scores) { shares[root, default: 0] += score * factor }
      return shares
    }
    for group in groups.indices {
      groups[group].scores = groups[group].roots.map { root in
        let own = groups[group].axes.compactMap { shares[$0][root] }
        return own.reduce(0, +) / Double(own.count)
      }
    }
  }

  /// Whether a class may leave, as things stand.
  func canRemove(_ root: Int) -> Bool {
    graph.classes.reason(root) == nil && !removed.contains(root)
      && (members[root] ?? []).allSatisfy { remaining[$0.axis] - $0.count >= minimum }
  }

  mutating func remove(_ root: Int) {
    removed.insert(root)
    for member in members[root] ?? [] { remaining[member.axis] -= member.count }
  }

  /// Takes back what left of a group.
  mutating func restore(_ group: Int) {
    for root in groups[group].roots where removed.remove(root) != nil {
      for member in members[root] ?? [] { remaining[member.axis] += member.count }
    }
  }

  /// Removes the least classes of a group that may leave, up to `count`.
  ///
  /// - Returns: how many left.
  mutating func removeLeast(_ count: Int, of group: Int) -> Int {
    var left = 0
    let group = groups[group]
    for place in Ranking.least(group.roots.count, of: group.scores) where left < count {
      guard canRemove(group.roots[place]) else { continue }
      remove(group.roots[place])
      left += 1
    }
    return left
  }

  /// Why not more of a group can leave.
  func obstacle(of group: Int) -> String {
    groups[group].roots.lazy.compactMap { graph.classes.reason($0) }.first
      ?? "each axis keeps at least \(minimum)"
  }
}
