import DiscreteEvents
import Glibc
import NeuralNetworks

/// A scenario on its devices: `edgesim run`.
///
/// Worlds run first, as they do not know tensors; then the network is really executed, as far as
/// the worlds had time for it; then its answers are judged.
protocol Experiment: Sendable {
  var scenario: Scenario { get }
  var network: Network { get }
  var devices: DeviceWorlds { get }
  /// About the model and the data: name and text.
  var facts: [(name: String, text: String)] { get }
  /// What is read besides the scenario, the model and the devices.
  var dataFiles: [(role: String, path: String)] { get }
  /// What the network is given, by content.
  var input: RunReport.Provenance { get }

  /// All devices, in order; nil for one that cannot run the network. Results do not depend on the
  /// number of threads.
  ///
  /// - Throws: when a sample's values make an operator impossible.
  func run(progress: Progress) throws(InputError) -> [DeviceOutcome?]
}

/// What a device did, and what its answers are worth.
struct DeviceOutcome: Sendable {
  var worlds: PerBound<WorldRecord>
  /// At nominal costs.
  var configuration: WorldConfiguration
  /// Times from what happens to the answer, beyond those of the tasks.
  var latencies: (name: String, samples: PerBound<DurationSamples>)?
  var accuracy: [Metric]
}

extension Scenario {
  /// Resolves and reads everything that the scenario names.
  func experiment(
    _ tests: [DeviceUnderTest], jobs: Int, progress: Progress
  ) throws(InputError) -> any Experiment {
    switch source {
    case .audio(let listening):
      try StreamExperiment(self, listening, tests: tests, jobs: jobs, progress: progress)
    case .frames(let frames):
      try FrameExperiment(self, frames, tests: tests, jobs: jobs, progress: progress)
    }
  }
}
