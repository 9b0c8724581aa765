import Inference
import NeuralNetworks
import Training

/// The executor's answers to labeled samples.
enum FrameAnswers {
  /// - Throws: when the network has not one input and one output that fit the samples' extents and
  ///   classes.
  static func check(
    _ network: Network, _ samples: SampleSet, path: String
  ) throws(InputError) {
    do { try ModelInterface(network).check(samples) } catch {
      throw InputError(error, file: path)
    }
  }

  /// Whether the largest output is the label's, sample by sample.
  static func of(
    _ plan: ExecutionPlan, _ samples: SampleSet, jobs: Int, progress: Progress, path: String
  ) throws(InputError) -> [Bool] {
    do {
      let classifier = try Classifier(plan)
      let inputs = try classifier.interface.encoded(samples)
      return zip(try classifier.classes(of: inputs, jobs: jobs), samples.labels).map { $0 == $1 }
    } catch {
      throw InputError(error, file: path)
    }
  }
}
