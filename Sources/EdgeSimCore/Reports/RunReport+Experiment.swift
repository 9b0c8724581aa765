import DeviceModels

extension RunReport {
  /// Derives the report from an experiment's runs. Pure.
  init(
    _ experiment: any Experiment, _ outcomes: [DeviceOutcome?], provenance: [Provenance]
  ) {
    let scenario = experiment.scenario
    let workload = experiment.network.workload()
    self.init(
      scenario: scenario.name, description: scenario.description, seed: scenario.seed,
      provenance: provenance,
      facts: [
        ("model", "\(experiment.network.name), really executed on every device's arithmetic"),
        ("multiply-accumulates per inference", "\(workload.macs)"),
        ("model file", NumberFormat.text(Double(experiment.network.fileByteCount), .bytes)),
      ] + experiment.facts + [("seed", "\(scenario.seed)")],
      devices: outcomes.indices.map {
        DeviceReport(experiment, device: $0, outcome: outcomes[$0])
      })
  }
}

extension DeviceReport {
  fileprivate init(
    _ experiment: any Experiment, device index: Int, outcome: DeviceOutcome?
  ) {
    let test = experiment.devices.tests[index]
    let profile = experiment.devices.profiles[index]
    let source = experiment.scenario.source
    var metrics = Self.memory(profile, test) + Self.costs(profile, source.featuresName)
    if let outcome {
      metrics +=
        WorldMetrics(
          worlds: outcome.worlds, configuration: outcome.configuration,
          latencies: outcome.latencies,
          batteryJoules: test.device.battery?.usableEnergyJoules.estimate.perBound,
          audioInput: source.audioInput(of: test.device)
        ).all + outcome.accuracy
    }
    var violations = profile.verdicts.map(\.text)
    if profile.frontEndHopSeconds == nil {
      violations.append("\(test.runtime.name) has no price for the micro front end")
    }
    violations += experiment.scenario.budgets.violations(by: metrics)
    self.init(
      device: test.device.name, title: test.device.title, runtime: test.runtime.name,
      arithmetic: test.arithmetic.rawValue, operatingPoint: test.operatingPoint.name,
      metrics: metrics, violations: violations, grades: Self.grades(test, hears: source.hears))
  }

  private static func memory(_ profile: ServiceProfile, _ test: DeviceUnderTest) -> [Metric] {
    let ram = test.device.memory.ramBytes.estimate.nominal
    let flash = test.device.memory.flashBytes.estimate.nominal
    let runtimeBytes = test.runtime.codeBytes?.estimate.nominal
    return [
      Metric("memory", "arena and variables", .bytes, Double(profile.arenaBytes)),
      Metric("memory", "RAM of the device", .bytes, ram),
      Metric("memory", "arena of RAM", .share, Double(profile.arenaBytes) / ram),
      Metric("memory", "runtime in flash", .bytes, runtimeBytes),
      Metric("memory", "model and known runtime in flash", .bytes, Double(profile.flashBytes)),
      Metric("memory", "flash of the device", .bytes, flash),
      Metric("memory", "flash used", .share, Double(profile.flashBytes) / flash),
    ]
  }

  private static func costs(_ profile: ServiceProfile, _ features: String) -> [Metric] {
    func metric(_ name: String, _ unit: MetricUnit, _ estimate: Estimate?) -> Metric {
      Metric(
        "cost of one job", name, unit, estimate?.nominal,
        costRange: estimate.map { $0.low...$0.high })
    }
    return [
      metric("\(features), time", .seconds, profile.frontEndHopSeconds),
      metric("\(features), energy", .joules, profile.frontEndHopJoules),
      metric("inference, time", .seconds, profile.inferenceSeconds),
      metric("inference, energy", .joules, profile.inferenceJoules),
    ]
  }

  /// The figures of the device that the run rests on.
  private static func grades(
    _ test: DeviceUnderTest, hears: Bool
  ) -> [(figure: String, grade: String)] {
    var figures: [(String, Figure)] = [
      ("clock", test.operatingPoint.clockHertz), ("active power", test.operatingPoint.activePower),
      ("flash", test.device.memory.flashBytes), ("RAM", test.device.memory.ramBytes),
      ("cycles per inference", test.runtime.cyclesPerInference),
      ("cycles per operator", test.runtime.cyclesPerOperator),
      ("residual of the cost model", test.runtime.residual),
    ]
    figures += hears ? test.runtime.frontEnds.map { ("front end \($0.name)", $0.cyclesPerHop) } : []
    figures += test.device.idleStates.map { ("power in \($0.name)", $0.power) }
    figures += test.device.audioInputPower.map { hears ? [("audio input", $0)] : [] } ?? []
    figures += test.device.battery.map { [("battery", $0.usableEnergyJoules)] } ?? []
    let unknown =
      (hears && test.device.audioInputPower == nil ? ["audio input"] : [])
      + (test.runtime.codeBytes == nil ? ["code of the runtime"] : [])
    return figures.map { ($0.0, $0.1.grade.rawValue) }
      + unknown.map { ($0, "unknown, left out") }
  }
}

extension Verdict {
  /// In words.
  var text: String {
    switch self {
    case .operatorNotSupported(let index, let name, _, let type):
      "operator \(index) (\(name), \(type)) is not supported by the runtime"
    case .doesNotFitRAM(let needed, let available):
      "does not fit: \(needed) bytes of RAM needed, \(available) there"
    case .doesNotFitFlash(let needed, let available):
      "does not fit: \(needed) bytes of flash needed, \(available) there"
    }
  }
}

extension Scenario.Budgets {
  /// The budgets that nominal figures violate, in words.
  func violations(by metrics: [Metric]) -> [String] {
    func value(_ name: String) -> Double? { metrics.first { $0.name == name }?.value }
    func above(_ what: String, _ name: String, _ limit: Double?, _ unit: MetricUnit) -> String? {
      guard let limit, let value = value(name), value > limit else { return nil }
      return "\(what) \(NumberFormat.text(value, unit)) is over the budget of "
        + NumberFormat.text(limit, unit)
    }
    let onTime = metrics.filter { $0.name.hasSuffix("recognized on time") }.compactMap(\.value)
    let recall = recallOnTime.flatMap { limit -> String? in
      guard let lowest = onTime.min(), lowest < limit else { return nil }
      return "recall on time \(NumberFormat.text(lowest, .share)) is under the budget of "
        + NumberFormat.text(limit, .share)
    }
    let accuracy = accuracyOnTime.flatMap { limit -> String? in
      guard let value = value("accuracy on time"), value < limit else { return nil }
      return "accuracy on time \(NumberFormat.text(value, .share)) is under the budget of "
        + NumberFormat.text(limit, .share)
    }
    return [
      above("arena", "arena and variables", arenaBytes.map(Double.init), .bytes),
      above("flash", "model and known runtime in flash", flashBytes.map(Double.init), .bytes),
      above("inference miss ratio", "inference miss ratio", deadlineMissRatio, .share),
      above("false accepts", "false accepts, all audio", falseAcceptsPerHour, .perHour),
      above("average power", "average power", averagePowerWatts, .watts), recall, accuracy,
    ].compactMap { $0 }
  }
}
