import DiscreteEvents

/// Derives times and energy of a device from its worlds at the three bounds of its costs.
///
/// Pure: facts in, figures out.
struct WorldMetrics {
  let worlds: PerBound<WorldRecord>
  let configuration: WorldConfiguration
  /// Of what the tasks together make, if that has a time of its own.
  let latencies: (name: String, samples: PerBound<DurationSamples>)?
  /// Usable energy of the battery, if there is one.
  let batteryJoules: PerBound<Double>?
  let audioInput: AudioInput

  enum AudioInput: Sendable, Equatable {
    /// The device does not listen.
    case none
    /// The power of microphone and converter is not in the total.
    case unknown
    case known
  }

  var all: [Metric] { responseTimes + deadlines + energy }

  private static let shares: [(name: String, perMille: Int)] = [
    ("p50", 500), ("p90", 900), ("p99", 990), ("p99.9", 999), ("max", 1000),
  ]

  private var responseTimes: [Metric] {
    quantiles(featuresName, worlds.map { $0.jobs.tasks[EdgeWorld.featuresTask].responses })
      + quantiles("inference", worlds.map { $0.jobs.tasks[EdgeWorld.inferenceTask].responses })
      + (latencies.map { quantiles($0.name, $0.samples) } ?? [])
  }

  private var featuresName: String { configuration.features.name }

  private func quantiles(_ name: String, _ samples: PerBound<DurationSamples>) -> [Metric] {
    let sorted = samples.map { $0.quantiles(perMille: Self.shares.map(\.perMille)) }
    return Self.shares.indices.map { index in
      Metric(
        "response time", "\(name) \(Self.shares[index].name)", .seconds,
        sorted.map { $0?[index].seconds })
    }
  }

  private var deadlines: [Metric] {
    misses(of: featuresName, task: EdgeWorld.featuresTask)
      + misses(of: "inference", task: EdgeWorld.inferenceTask)
      + [Metric("deadlines", "processor utilization", .share, worlds.map(utilization))]
  }

  private func misses(of name: String, task: Int) -> [Metric] {
    let logs = worlds.map { $0.jobs.tasks[task] }
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
  private func utilization(_ world: WorldRecord) -> Double? {
    let power = Double(configuration.power.activeNanowatts)
    let busyAttojoules = world.energy.taskAttojoules.reduce(0, +)
    guard power > 0, world.duration > .zero else { return nil }
    return Double(busyAttojoules) / power / Double(world.duration.nanoseconds)
  }
}

extension WorldMetrics {
  private static let joulesPerAttojoule = 1e-18

  private var energy: [Metric] {
    perInference + parts
      + [
        Metric("energy", "total", .joules, worlds.map { joules($0.energy.totalAttojoules) }),
        Metric("energy", "average power", .watts, worlds.map(averageWatts)),
        Metric("energy", "battery life", .seconds, batteryLife),
      ]
  }

  private var perInference: [Metric] {
    func share(_ attojoules: (EnergyAccount) -> Int128) -> PerBound<Double?> {
      worlds.map { world in
        let count = world.jobs.tasks[EdgeWorld.inferenceTask].responses.count
        return count == 0 ? nil : joules(attojoules(world.energy)) / Double(count)
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
    let tasks = [featuresName, "inference"] + configuration.background.map(\.name)
    let computing = tasks.indices.map { task in
      Metric(
        "energy", "computing \(tasks[task])", .joules,
        worlds.map { joules($0.energy.taskAttojoules[task]) })
    }
    let idle = configuration.power.idleStates.enumerated().map { state, idle in
      Metric(
        "energy", "idle in \(idle.name)", .joules,
        worlds.map { joules($0.energy.idleAttojoules[state]) })
    }
    return computing + [
      Metric(
        "energy", "awake without work", .joules,
        worlds.map { joules($0.energy.awakeAttojoules) })
    ] + idle + audioInputMetrics
  }

  private var audioInputMetrics: [Metric] {
    guard audioInput != .none else { return [] }
    return [
      Metric(
        "energy", "audio input", .joules,
        worlds.map { audioInput == .known ? joules($0.energy.audioInputAttojoules) : nil })
    ]
  }

  private func joules(_ attojoules: Int128) -> Double {
    Double(attojoules) * Self.joulesPerAttojoule
  }

  func averageWatts(_ world: WorldRecord) -> Double? {
    guard world.duration > .zero else { return nil }
    return Double(world.energy.totalAttojoules) * Self.joulesPerAttojoule
      / world.duration.seconds
  }

  /// At the average power of the run. The low bound pairs the largest battery with the least power.
  private var batteryLife: PerBound<Double?> {
    func life(_ joules: Double?, _ watts: Double?) -> Double? {
      guard let joules, let watts, watts > 0 else { return nil }
      return joules / watts
    }
    return PerBound(
      low: life(batteryJoules?.high, averageWatts(worlds.low)),
      nominal: life(batteryJoules?.nominal, averageWatts(worlds.nominal)),
      high: life(batteryJoules?.low, averageWatts(worlds.high)))
  }
}
