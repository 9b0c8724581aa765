import DeviceModels
import Inference
import NeuralNetworks

/// Does it pay here? Each variant on each device, really executed in the arithmetic of its runtime.
extension CompressionRun {
  /// - Parameter measured: the network's score in double rounding, where it is known.
  func deviceVariants(
    _ network: Network, measured: NetworkScore?
  ) throws(InputError) -> [DeviceVariant] {
    var scores: [Arithmetic: NetworkScore] = [:]
    scores[.doubleRounding] = measured
    return try tests.map { test throws(InputError) -> DeviceVariant in
      do throws(ModelError) {
        let plan = try ExecutionPlan(network, arithmetic: test.arithmetic)
        let profile = ServiceProfile(plan, on: test, frontEnd: .priced(cyclesPerHop: .zero))
        var score = scores[test.arithmetic]
        if score == nil {
          score = try NetworkScore.of(
            network, on: executor.samples.test, objective: recipe.objective,
            arithmetic: test.arithmetic, jobs: executor.jobs, progress: executor.progress)
        }
        scores[test.arithmetic] = score
        return DeviceVariant(
          device: test.device.name, runtime: test.runtime.name,
          arithmetic: test.arithmetic.rawValue, seconds: profile.inferenceSeconds.perBound,
          joules: profile.inferenceJoules.perBound, score: score,
          verdicts: profile.verdicts.map(\.text))
      } catch {
        throw InputError(error.inside("a variant on \(test.device.name)"), file: file)
      }
    }
  }

  /// Marks what no other variant beats on a device in time and quality.
  func markFronts(_ results: inout [(network: Network, report: VariantReport)]) {
    for device in tests.indices {
      let costs = results.map { result -> [Double]? in
        let entry = result.report.devices[device]
        guard entry.verdicts.isEmpty, let score = entry.score else { return nil }
        return [entry.seconds.nominal, -score.quality]
      }
      for (index, isMember) in ParetoFront.members(costs).enumerated() {
        results[index].report.devices[device].isOnFront = isMember
      }
    }
  }
}
