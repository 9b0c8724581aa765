import DeviceModels
import DiscreteEvents
import Inference
import NeuralNetworks
import ReproducibleMath

/// The devices of an experiment without what they compute: profiles, and worlds at three bounds.
struct DeviceWorlds: Sendable {
  let tests: [DeviceUnderTest]
  let profiles: [ServiceProfile]
  /// Nil for a device that cannot run the network.
  let configurations: [PerBound<WorldConfiguration>?]

  /// - Parameter configuration: for the world of a device that can run the network.
  init(
    tests: [DeviceUnderTest], profiles: [ServiceProfile],
    configuration: (ServiceProfile, Int, CostBound) -> WorldConfiguration
  ) {
    self.tests = tests
    self.profiles = profiles
    configurations = profiles.indices.map { index in
      guard profiles[index].verdicts.isEmpty, profiles[index].frontEndHopSeconds != nil else {
        return nil
      }
      return PerBound<WorldConfiguration> { configuration(profiles[index], index, $0) }
    }
  }

  /// All worlds, in order. Results do not depend on `jobs`.
  func run(seed: UInt64, jobs: Int) -> [PerBound<WorldRecord>?] {
    configurations.parallelMap(jobs: jobs) { configuration in
      configuration.map { $0.map { WorldRecord.of($0, seed: seed) } }
    }
  }

  /// One plan for each arithmetic of the devices.
  static func plans(
    of network: Network, for tests: [DeviceUnderTest], path: String
  ) throws(InputError) -> [Arithmetic: ExecutionPlan] {
    var plans: [Arithmetic: ExecutionPlan] = [:]
    for test in tests where plans[test.arithmetic] == nil {
      plans[test.arithmetic] = try ModelLoader.plan(
        network, arithmetic: test.arithmetic, path: path)
    }
    return plans
  }
}

extension ServiceProfile {
  /// - Parameter plan: of the device's arithmetic.
  init(_ plan: ExecutionPlan, on test: DeviceUnderTest, frontEnd: FrontEnd) {
    let workload = plan.network.workload()
    self.init(
      model: plan.network.name, workload: workload,
      arenaBytes: workload.arenaBytes + plan.variableBytes,
      modelBytes: plan.network.fileByteCount, device: test.device, runtime: test.runtime,
      operatingPoint: test.operatingPoint, frontEnd: frontEnd)
  }
}
