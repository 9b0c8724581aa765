import DiscreteEvents

/// One device's run of a streaming scenario, at one bound of its costs.
struct StreamRun: Sendable {
  var world: WorldRecord
  var score: DetectionScore
}

/// Derives the metrics of a device from its runs at the three bounds of its costs.
///
/// Pure: facts in, figures out.
struct StreamMetrics {
  let runs: PerBound<StreamRun>
  let configuration: WorldConfiguration
  /// Usable energy of the battery, if there is one.
  let batteryJoules: PerBound<Double>?
  /// Whether the power of microphone and converter is known; it is left out of the total if not.
  let knowsAudioInput: Bool

  var all: [Metric] { responseTimes + deadlines + energy }

  private static let shares: [(name: String, perMille: Int)] = [
    ("p50", 500), ("p90", 900), ("p99", 990), ("p99.9", 999), ("max", 1000),
  ]

  private var responseTimes: [Metric] {
    quantiles("features") { $0.world.jobs.tasks[EdgeWorld.featuresTask].responses }
      + quantiles("inference") { $0.world.jobs.tasks[EdgeWorld.inferenceTask].responses }
      + quantiles("detection after phrase") { $0.score.latencies }
  }

  private func quantiles(_ name: String, _ samples: (StreamRun) -> DurationSamples) -> [Metric] {
    let sorted = runs.map { samples($0).quantiles(perMille: Self.shares.map(\.perMille)) }
    return Self.shares.indices.map { index in
      Metric(
        "response time", "\(name) \(Self.shares[index].name)", .seconds,
        sorted.map { $0?[index].seconds })
    }
  }

  private var deadlines: [Metric] {
    misses(of: "features", task: EdgeWorld.featuresTask)
      + misses(of: "inference", task: EdgeWorld.inferenceTask)
      + [Metric("deadlines", "processor utilization", .share, runs.map(utilization))]
  }

  private func misses(of name: String, task: Int) -> [Metric] {
    let logs = runs.map { $0.world.jobs.tasks[task] }
    return [
      Metric("deadlines", "\(name) jobs", .count, logs.map { Double($0.releasedCount) }),
      Metric("deadlines", "\(name) late", .count, logs.map { Double($0.lateCount) }),
      Metric("deadlines", "\(name) lost", .count, logs.map { Double($0.lostCount) }),
      Metric(
        "deadlines", "\(name) miss ratio", .share, logs.map(missRatio),
        confidence: .ofShare(
          successes: logs.nominal.missedCount, trials: logs.nominal.releasedCount)),
    ]
  }

  private func missRatio(_ log: TaskLog) -> Double? {
    log.releasedCount == 0 ? nil : Double(log.missedCount) / Double(log.releasedCount)
  }

  /// Share of the time in which at least one core computes.
  private func utilization(_ run: StreamRun) -> Double? {
    let power = Double(configuration.power.activeNanowatts)
    let busyAttojoules = run.world.energy.taskAttojoules.reduce(0, +)
    guard power > 0, run.world.duration > .zero else { return nil }
    return Double(busyAttojoules) / power / Double(run.world.duration.nanoseconds)
  }
}

extension StreamMetrics {
  private static let joulesPerAttojoule = 1e-18

  private var energy: [Metric] {
    perInference + parts
      + [
        Metric("energy", "total", .joules, runs.map { joules($0.world.energy.totalAttojoules) }),
        Metric("energy", "average power", .watts, runs.map(averageWatts)),
        Metric("energy", "battery life", .seconds, batteryLife),
      ]
  }

  private var perInference: [Metric] {
    func share(_ attojoules: (EnergyAccount) -> Int128) -> PerBound<Double?> {
      runs.map { run in
        let count = run.world.jobs.tasks[EdgeWorld.inferenceTask].responses.count
        return count == 0 ? nil : joules(attojoules(run.world.energy)) / Double(count)
      }
    }
    return [
      Metric(
        "energy", "per inference, the network", .joules,
        share { $0.taskAttojoules[EdgeWorld.inferenceTask] }),
      Metric("energy", "per inference, all parts", .joules, share(\.totalAttojoules)),
    ]
  }

  private var parts: [Metric] {
    let tasks = ["features", "inference"] + configuration.background.map(\.name)
    let computing = tasks.indices.map { task in
      Metric(
        "energy", "computing \(tasks[task])", .joules,
        runs.map { joules($0.world.energy.taskAttojoules[task]) })
    }
    let idle = configuration.power.idleStates.enumerated().map { state, idle in
      Metric(
        "energy", "idle in \(idle.name)", .joules,
        runs.map { joules($0.world.energy.idleAttojoules[state]) })
    }
    return computing + [
      Metric(
        "energy", "awake without work", .joules,
        runs.map { joules($0.world.energy.awakeAttojoules) })
    ] + idle + [
      Metric(
        "energy", "audio input", .joules,
        runs.map { knowsAudioInput ? joules($0.world.energy.audioInputAttojoules) : nil })
    ]
  }

  private func joules(_ attojoules: Int128) -> Double {
    Double(attojoules) * Self.joulesPerAttojoule
  }

  func averageWatts(_ run: StreamRun) -> Double? {
    guard run.world.duration > .zero else { return nil }
    return Double(run.world.energy.totalAttojoules) * Self.joulesPerAttojoule
      / run.world.duration.seconds
  }

  /// At the average power of the run. The low bound pairs the largest battery with the least power.
  private var batteryLife: PerBound<Double?> {
    func life(_ joules: Double?, _ watts: Double?) -> Double? {
      guard let joules, let watts, watts > 0 else { return nil }
      return joules / watts
    }
    return PerBound(
      low: life(batteryJoules?.high, averageWatts(runs.low)),
      nominal: life(batteryJoules?.nominal, averageWatts(runs.nominal)),
      high: life(batteryJoules?.low, averageWatts(runs.high)))
  }
}
