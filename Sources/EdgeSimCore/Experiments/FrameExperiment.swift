import DeviceModels
import DiscreteEvents
import Inference
import NeuralNetworks
import ReproducibleMath
import Training

/// Devices that classify what a sensor sees, frame by frame.
///
/// Every sample is really executed once for each arithmetic; a frame that a device answers late, or
/// has no room for, is answered wrong.
struct FrameExperiment: Experiment {
  let scenario: Scenario
  let network: Network
  let devices: DeviceWorlds
  private let frames: Scenario.FrameSelection
  private let samples: SampleSet
  /// The sample that each frame shows.
  private let order: [Int]
  private let plans: [Arithmetic: ExecutionPlan]
  private let jobs: Int

  /// Resolves and reads everything; what is wrong is thrown here.
  init(
    _ scenario: Scenario, _ frames: Scenario.FrameSelection, tests: [DeviceUnderTest], jobs: Int,
    progress: Progress
  ) throws(InputError) {
    network = try ModelLoader.network(path: scenario.modelPath)
    let plans = try DeviceWorlds.plans(of: network, for: tests, path: scenario.modelPath)
    samples = try frames.data.samples(jobs: jobs, progress: progress)
    try FrameAnswers.check(network, samples, path: scenario.modelPath)
    order = Self.order(of: samples.count, frames: frames.count, seed: scenario.seed)
    devices = DeviceWorlds(
      tests: tests,
      profiles: tests.map { test in
        guard let plan = plans[test.arithmetic] else { preconditionFailure("no plan") }
        return ServiceProfile(
          plan, on: test, frontEnd: .priced(cyclesPerHop: frames.preprocessing.estimate))
      }
    ) { profile, index, bound in
      WorldConfiguration(
        scenario, input: .frames(count: frames.count, period: frames.period), profile: profile,
        test: tests[index], bound: bound)
    }
    self.scenario = scenario
    self.frames = frames
    self.plans = plans
    self.jobs = jobs
  }

  /// All samples in a random order, then all in another, and so on.
  static func order(of sampleCount: Int, frames: Int, seed: UInt64) -> [Int] {
    var random = RandomStream(seed: seed, name: "frames")
    var order: [Int] = []
    while order.count < frames {
      var round = Array(0..<sampleCount)
      random.shuffle(&round)
      order += round.prefix(frames - order.count)
    }
    return order
  }

  var facts: [(name: String, text: String)] {
    [
      (
        "frames", "\(frames.count), one every \(NumberFormat.text(frames.period.seconds, .seconds))"
      ),
      ("samples", "\(samples.count), shown in a random order again and again"),
      ("samples come from", frames.data.summary),
      (
        "pre-processing", "\(frames.preprocessing.grade.rawValue): \(frames.preprocessing.citation)"
      ),
      ("power of the sensor", "not known, left out"),
    ]
  }

  var dataFiles: [(role: String, path: String)] { frames.data.files.map { ("samples", $0) } }

  var input: RunReport.Provenance {
    let bytes = samples.values.withUnsafeBytes { Array($0) }
    return .init(
      role: "samples as seen", path: "float32 \(samples.shape)",
      sha256: ContentHash.sha256(of: bytes))
  }

  func run(progress: Progress) throws(InputError) -> [DeviceOutcome?] {
    let worlds = devices.run(seed: scenario.seed, jobs: jobs)
    let answers = try answers(progress)
    return devices.tests.indices.map { index in
      guard let configuration = devices.configurations[index], let worlds = worlds[index],
        let right = answers[devices.tests[index].arithmetic]
      else { return nil }
      return DeviceOutcome(
        worlds: worlds, configuration: configuration.nominal, latencies: nil,
        accuracy: FrameMetrics(
          samples: samples, order: order, isRight: right, worlds: worlds.map(\.jobs)
        ).all)
    }
  }

  /// Whether each sample is answered right, in each arithmetic.
  private func answers(_ progress: Progress) throws(InputError) -> [Arithmetic: [Bool]] {
    var answers: [Arithmetic: [Bool]] = [:]
    for arithmetic in Arithmetic.allCases {
      guard let plan = plans[arithmetic] else { continue }
      answers[arithmetic] = try FrameAnswers.of(
        plan, samples, jobs: jobs, progress: progress, path: scenario.modelPath)
    }
    return answers
  }
}
