import DeviceModels
import DiscreteEvents
import Inference
import NeuralNetworks
import ReproducibleMath

/// Devices that listen for a phrase.
///
/// The executor runs once for each arithmetic and set of losses that came out of the worlds.
struct StreamExperiment: Experiment {
  let scenario: Scenario
  let network: Network
  let devices: DeviceWorlds
  private let listening: Scenario.Listening
  private let settings: DetectorSettings
  private let audio: StreamAudio
  /// One for each arithmetic of the devices.
  private let models: [Arithmetic: WakeWordModel]
  private let jobs: Int

  /// Resolves and reads everything; what is wrong is thrown here.
  init(
    _ scenario: Scenario, _ listening: Scenario.Listening, tests: [DeviceUnderTest], jobs: Int,
    progress: Progress
  ) throws(InputError) {
    let network = try ModelLoader.network(path: scenario.modelPath)
    settings = try DetectorSettings.resolve(listening.detector, modelPath: scenario.modelPath)
    let plans = try DeviceWorlds.plans(of: network, for: tests, path: scenario.modelPath)
    let models = try Self.models(plans, scenario.modelPath)
    let audio = try StreamAudio(listening.audio, seed: scenario.seed, jobs: jobs, progress)
    devices = DeviceWorlds(
      tests: tests,
      profiles: tests.map { test in
        ServiceProfile(models.of(test).plan, on: test, frontEnd: .named("micro"))
      }
    ) { profile, index, bound in
      WorldConfiguration(
        scenario,
        input: .audio(
          hopCount: audio.timeline.hopCount(samplesPerHop: WakeWordStream.samplesPerHop),
          framesPerInference: models.of(tests[index]).framesPerInference),
        profile: profile, test: tests[index], bound: bound)
    }
    self.scenario = scenario
    self.listening = listening
    self.network = network
    self.audio = audio
    self.models = models
    self.jobs = jobs
  }

  private static func models(
    _ plans: [Arithmetic: ExecutionPlan], _ path: String
  ) throws(InputError) -> [Arithmetic: WakeWordModel] {
    var models: [Arithmetic: WakeWordModel] = [:]
    for arithmetic in Arithmetic.allCases {
      guard let plan = plans[arithmetic] else { continue }
      do { models[arithmetic] = try WakeWordModel(plan) } catch {
        throw InputError(error, file: path)
      }
    }
    return models
  }

  var facts: [(name: String, text: String)] {
    [
      ("probability cutoff", "\(settings.probabilityCutoff)"),
      ("sliding window", "\(settings.slidingWindowSize) inferences"),
      ("wake word", listening.audio.wakeWord),
    ] + audio.facts
  }

  var dataFiles: [(role: String, path: String)] {
    let path = listening.audio.manifestPath
    return FileSystem.isFolder(path) ? [] : [("manifest", path)]
  }

  var input: RunReport.Provenance {
    let bytes = audio.timeline.samples.withUnsafeBytes { Array($0) }
    return .init(
      role: "audio as heard", path: "16 kHz, 16 bits", sha256: ContentHash.sha256(of: bytes))
  }

  func run(progress: Progress) -> [DeviceOutcome?] {
    let worlds = devices.run(seed: scenario.seed, jobs: jobs)
    let executions = execute(worlds, progress: progress)
    return devices.tests.indices.map { index in
      guard let configuration = devices.configurations[index], let worlds = worlds[index] else {
        return nil
      }
      let arithmetic = devices.tests[index].arithmetic
      let scores = worlds.map { world in
        score(world, executions[ExecutionKey(arithmetic, world)] ?? [])
      }
      return DeviceOutcome(
        worlds: worlds, configuration: configuration.nominal,
        latencies: ("detection after phrase", scores.map(\.latencies)),
        accuracy: AccuracyMetrics(truth: audio.truth, scores: scores).all)
    }
  }

  /// What decides an execution's answers.
  private struct ExecutionKey: Hashable, Sendable {
    var arithmetic: Arithmetic
    var losses: StreamLosses

    init(_ arithmetic: Arithmetic, _ world: WorldRecord) {
      self.arithmetic = arithmetic
      losses = StreamLosses(of: world.jobs)
    }
  }

  private func execute(
    _ worlds: [PerBound<WorldRecord>?], progress: Progress
  ) -> [ExecutionKey: [Float?]] {
    var keys: [ExecutionKey] = []
    for (index, world) in worlds.enumerated() {
      guard let world else { continue }
      for bound in CostBound.allCases {
        let key = ExecutionKey(devices.tests[index].arithmetic, world[bound])
        if !keys.contains(key) { keys.append(key) }
      }
    }
    let results = keys.parallelMap(jobs: jobs) { key in
      models[key.arithmetic].map {
        StreamExecution.probabilities(
          $0, audio.timeline, losses: key.losses, progress: progress)
      } ?? []
    }
    return Dictionary(uniqueKeysWithValues: zip(keys, results))
  }

  private func score(_ world: WorldRecord, _ probabilities: [Float?]) -> DetectionScore {
    DetectionScore(
      phrases: audio.phrases,
      detections: StreamExecution.detections(
        probabilities, world.jobs.inferences, settings: settings),
      tolerance: listening.audio.matchTolerance, deadline: listening.detectionDeadline)
  }
}

extension [Arithmetic: WakeWordModel] {
  fileprivate func of(_ test: DeviceUnderTest) -> WakeWordModel {
    guard let model = self[test.arithmetic] else { preconditionFailure("no model was planned") }
    return model
  }
}
