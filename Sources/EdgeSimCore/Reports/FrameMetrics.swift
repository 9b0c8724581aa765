import Training

/// How often frames were answered right, by the network alone and on time by the device.
struct FrameMetrics {
  let samples: SampleSet
  /// The sample of each frame.
  let order: [Int]
  /// Of each sample.
  let isRight: [Bool]
  let worlds: PerBound<JobLog>

  var all: [Metric] {
    let onTime = worlds.map(Self.answeredOnTime)
    func metrics(_ name: String, _ frames: [Int]) -> [Metric] {
      let right = frames.filter { isRight[order[$0]] }
      return [
        share("\(name) of the network", PerBound { _ in right.count }, of: frames),
        share(
          "\(name) on time", onTime.map { onTime in right.count { onTime[$0] } }, of: frames),
      ]
    }
    let all = metrics("accuracy", Array(order.indices))
    let classes = samples.classNames.indices.flatMap { label in
      let own = order.indices.filter { samples.labels[order[$0]] == label }
      return own.isEmpty ? [] : metrics("  recall of \(samples.classNames[label])", own)
    }
    return all + classes
  }

  /// Frame by frame: computed before its deadline. A frame that never reached the network is none.
  private static func answeredOnTime(_ jobs: JobLog) -> [Bool] {
    let lost = Set(jobs.lostHops)
    let count = jobs.inferences.count + lost.count
    var inferences = jobs.inferences[...]
    return (0..<count).map { frame in
      guard !lost.contains(UInt32(frame)), let inference = inferences.popFirst() else {
        return false
      }
      return inference.finish != nil && inference.metDeadline
    }
  }

  /// A sample that is shown again says nothing new: the interval counts different samples.
  private func share(_ name: String, _ right: PerBound<Int>, of frames: [Int]) -> Metric {
    let shares = right.map { Double?(Double($0) / Double(max(frames.count, 1))) }
    let different = Set(frames.map { order[$0] }).count
    return Metric(
      "accuracy", name, .share, shares,
      confidence: .ofShare(
        successes: Int(((shares.nominal ?? 0) * Double(different)).rounded()), trials: different))
  }
}
