/// How many samples of each class were classified right.
struct ClassificationScore {
  let labels: [String]
  /// Indices into `labels`.
  let truths: [Int]
  let classes: [Int]

  var metrics: [Metric] {
    let right = truths.indices.count { truths[$0] == classes[$0] }
    let overall = [
      Metric("accuracy", "samples", .count, Double(truths.count)),
      share("top-1 accuracy", right, of: truths.count),
    ]
    return overall
      + labels.indices.compactMap { label in
        let own = truths.indices.filter { truths[$0] == label }
        guard !own.isEmpty else { return nil }
        return share("  \(labels[label])", own.count { classes[$0] == label }, of: own.count)
      }
  }

  private func share(_ name: String, _ right: Int, of count: Int) -> Metric {
    Metric(
      "accuracy", name, .share, count == 0 ? nil : Double(right) / Double(count),
      confidence: .ofShare(successes: right, trials: count))
  }
}
