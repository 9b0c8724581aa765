import NeuralNetworks

/// Which channels leave for which budget.
extension ChannelPruning {
  func checkSettings() throws(ModelError) {
    for value in amount.values where !(0..<1).contains(value) {
      throw ModelError(
        place: "channel pruning", found: "the amount \(value)",
        expected: "a share from 0 to below 1")
    }
    guard minimumChannels >= 1, (1...4096).contains(multiple) else {
      throw ModelError(
        place: "channel pruning",
        found: "at least \(minimumChannels) channels, in multiples of \(multiple)",
        expected: "at least 1, in multiples from 1 to 4096")
    }
  }

  func settings(in network: Network) throws(ModelError) -> [LayerSetting<Double>] {
    let settings = try amount.resolved(in: network)
    for setting in settings where setting.isNamed {
      guard budget == .layer else {
        throw setting.layer.failure(
          found: "a share of its own", expected: "none for a budget of the whole network")
      }
      guard isTarget(setting.layer) else {
        throw setting.layer.failure(
          found: "a layer of kind \(setting.layer.kind)",
          expected: "one that has \(target.rawValue) to prune")
      }
    }
    return settings
  }

  /// Whether the channels that are asked for can leave; without samples.
  ///
  /// - Throws: `ModelError` when the settings are wrong, or a weight is not finite.
  func isPossible(for network: Network) throws(ModelError) -> Bool {
    try checkSettings()
    _ = try (settings(in: network), network.finiteWeights(of: network.weightLayers))
    var unscored = self
    unscored.criterion = .l1
    return (try? unscored.cut(of: network)) != nil
  }

  func checkGradients(_ layers: [WeightLayer]) throws(ModelError) {
    guard case .taylor(let batches) = criterion else { return }
    for layer in layers {
      let counts = batches.map { $0[layer.weights]?.count ?? 0 }
      guard !counts.isEmpty, counts.allSatisfy({ $0 == layer.elementCount }) else {
        throw layer.failure(
          found: "gradients of \(counts.first ?? 0) elements",
          expected: "\(layer.elementCount) for each minibatch")
      }
    }
  }

  // MARK: Layer by layer

  func removePerLayer(
    _ candidates: inout ChannelCandidates, _ settings: [LayerSetting<Double>]
  ) throws(ModelError) {
    for group in candidates.groups.indices {
      let layers = candidates.groups[group].axes.map { candidates.axes[$0].layer }
      guard let setting = try setting(for: layers, settings) else { continue }
      let total = candidates.groups[group].roots.count
      let count = rounded(Ranking.count(setting.value, of: total), of: total)
      let left = candidates.removeLeast(count, of: group)
      if left < count, setting.isNamed {
        throw setting.layer.failure(
          found: "\(left) of \(total) channels that can be removed: "
            + candidates.obstacle(of: group),
          expected: "\(count)")
      }
      if left < count { evenOut(left, group, &candidates) }
    }
  }

  /// The one setting of layers that share channels: that of a layer which is named, if any is.
  private func setting(
    for layers: [WeightLayer], _ settings: [LayerSetting<Double>]
  ) throws(ModelError) -> LayerSetting<Double>? {
    let own = settings.filter { setting in layers.contains { $0.weights == setting.layer.weights } }
    let named = own.filter(\.isNamed)
    if let first = named.first, let other = named.first(where: { $0.value != first.value }) {
      throw other.layer.failure(
        found: "the share \(other.value)",
        expected: "\(first.value), as for \(first.layer.name), which has the same channels")
    }
    return named.first ?? own.first
  }

  /// Fewer than `count` of `total`, so that those that stay are enough, and a multiple.
  private func rounded(_ count: Int, of total: Int) -> Int {
    let kept = max(total - count, minimumChannels)
    return max(0, total - (kept + multiple - 1) / multiple * multiple)
  }

  /// Where fewer left than were asked for, the rest has to be a multiple still.
  private func evenOut(_ left: Int, _ group: Int, _ candidates: inout ChannelCandidates) {
    guard multiple > 1 else { return }
    candidates.restore(group)
    _ = candidates.removeLeast(rounded(left, of: candidates.groups[group].roots.count), of: group)
  }

  // MARK: All together

  /// Classes that may leave, with their groups, the least first.
  func ranked(_ candidates: ChannelCandidates) -> [(group: Int, root: Int)] {
    let all = candidates.groups.indices.flatMap { group in
      zip(candidates.groups[group].roots, candidates.groups[group].scores)
        .filter { candidates.canRemove($0.0) }.map { (group: group, root: $0.0, score: $0.1) }
    }
    return Ranking.least(all.count, of: all.map(\.score)).map { (all[$0].group, all[$0].root) }
  }

  /// Removes the `count` least classes of all groups, less what rounding keeps.
  func removing(_ count: Int, from candidates: ChannelCandidates) -> ChannelCandidates {
    var counts = candidates.groups.map { _ in 0 }
    for (group, _) in ranked(candidates).prefix(count) { counts[group] += 1 }
    var result = candidates
    for group in counts.indices where counts[group] > 0 {
      let left = rounded(counts[group], of: candidates.groups[group].roots.count)
      let done = result.removeLeast(left, of: group)
      if done < left { evenOut(done, group, &result) }
    }
    return result
  }

  /// The least number of classes whose removal saves enough, by bisection.
  ///
  /// - Throws: `ModelError` when removing all of them does not.
  func removingMACs(
    _ candidates: ChannelCandidates, _ network: Network
  ) throws(ModelError) -> ChannelCandidates {
    let before = network.workload().macs
    let limit = Int((Double(before) * (1 - (amount.standard ?? 0))).rounded(.down))
    var (low, high) = (0, ranked(candidates).count)
    func macs(_ count: Int) throws(ModelError) -> Int {
      let removed = removing(count, from: candidates).removed
      return try ChannelCut(candidates.graph, removed: removed).removed(from: network).network
        .workload().macs
    }
    let least = try macs(high)
    guard least <= limit else {
      throw ModelError(
        place: "channel pruning", found: "at least \(least) of \(before) multiply-accumulates left",
        expected: "at most \(limit)")
    }
    while low < high {
      let middle = (low + high) / 2
      if try macs(middle) <= limit { high = middle } else { low = middle + 1 }
    }
    return removing(high, from: candidates)
  }
}
