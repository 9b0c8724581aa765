import DeviceModels
import DiscreteEvents
import Inference
import NeuralNetworks

/// A streaming scenario on its devices: `edgesim run`.
///
/// Worlds run first, as they do not know tensors; then the executor runs once for each arithmetic
/// and set of losses that came out of them; then detections are scored.
struct StreamExperiment: Sendable {
  let scenario: Scenario
  let network: Network
  let tests: [DeviceUnderTest]
  let settings: DetectorSettings
  let audio: StreamAudio
  /// One for each arithmetic of the devices.
  private let models: [Arithmetic: WakeWordModel]
  let profiles: [ServiceProfile]
  let jobs: Int

  /// Resolves and reads everything; what is wrong is thrown here.
  init(
    _ scenario: Scenario, tests: [DeviceUnderTest], jobs: Int, progress: Progress
  ) throws(InputError) {
    let network = try ModelLoader.network(path: scenario.modelPath)
    settings = try DetectorSettings.resolve(scenario.detector, modelPath: scenario.modelPath)
    var models: [Arithmetic: WakeWordModel] = [:]
    for test in tests where models[test.arithmetic] == nil {
      models[test.arithmetic] = try Self.model(network, test.arithmetic, scenario.modelPath)
    }
    let workload = network.workload()
    profiles = tests.map { test in
      guard let plan = models[test.arithmetic]?.plan else { preconditionFailure("no plan") }
      return ServiceProfile(
        model: network.name, workload: workload,
        arenaBytes: workload.arenaBytes + plan.variableBytes, modelBytes: network.fileByteCount,
        device: test.device, runtime: test.runtime, operatingPoint: test.operatingPoint,
        frontEnd: "micro")
    }
    audio = try StreamAudio(scenario, jobs: jobs, progress: progress)
    self.scenario = scenario
    self.network = network
    self.tests = tests
    self.models = models
    self.jobs = jobs
  }

  private static func model(
    _ network: Network, _ arithmetic: Arithmetic, _ path: String
  ) throws(InputError) -> WakeWordModel {
    let plan = try ModelLoader.plan(network, arithmetic: arithmetic, path: path)
    do { return try WakeWordModel(plan) } catch { throw InputError(error, file: path) }
  }

  func model(_ arithmetic: Arithmetic) -> WakeWordModel {
    guard let model = models[arithmetic] else { preconditionFailure("no model was planned") }
    return model
  }

  /// One device's run, or nil for a device that cannot run the network.
  struct DeviceRun: Sendable {
    var configuration: WorldConfiguration
    var runs: PerBound<StreamRun>
  }

  /// All devices, in order. Results do not depend on the number of threads.
  func run(progress: Progress) -> [DeviceRun?] {
    let configurations = tests.indices.map { index in
      canRun(index)
        ? PerBound<WorldConfiguration> { configuration(device: index, bound: $0) } : nil
    }
    let worlds = configurations.parallelMap(jobs: jobs) { configuration in
      configuration.map { $0.map { WorldRecord.of($0, seed: scenario.seed) } }
    }
    let executions = execute(worlds, progress: progress)
    return tests.indices.map { index in
      guard let configuration = configurations[index], let worlds = worlds[index] else {
        return nil
      }
      return DeviceRun(
        configuration: configuration.nominal,
        runs: worlds.map { world in
          let key = ExecutionKey(tests[index].arithmetic, world)
          return StreamRun(world: world, score: score(world, executions[key] ?? []))
        })
    }
  }

  private func canRun(_ device: Int) -> Bool {
    profiles[device].verdicts.isEmpty && profiles[device].frontEndHopSeconds != nil
  }

  private func configuration(device: Int, bound: CostBound) -> WorldConfiguration {
    WorldConfiguration(
      scenario,
      hopCount: audio.timeline.hopCount(samplesPerHop: WakeWordStream.samplesPerHop),
      framesPerInference: model(tests[device].arithmetic).framesPerInference,
      profile: profiles[device], test: tests[device], bound: bound)
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
        let key = ExecutionKey(tests[index].arithmetic, world[bound])
        if !keys.contains(key) { keys.append(key) }
      }
    }
    let results = keys.parallelMap(jobs: jobs) { key in
      StreamExecution.probabilities(
        model(key.arithmetic), audio.timeline, losses: key.losses, progress: progress)
    }
    return Dictionary(uniqueKeysWithValues: zip(keys, results))
  }

  private func score(_ world: WorldRecord, _ probabilities: [Float?]) -> DetectionScore {
    DetectionScore(
      phrases: audio.phrases,
      detections: StreamExecution.detections(
        probabilities, world.jobs.inferences, settings: settings),
      tolerance: scenario.audio.matchTolerance, deadline: scenario.deadlines.detection)
  }
}
