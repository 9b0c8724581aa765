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
    let main = network.main
    guard main.inputs.count == 1, main.outputs.count == 1 else {
      throw InputError(
        InputProblem(
          file: path, found: "\(main.inputs.count) inputs and \(main.outputs.count) outputs",
          expected: "one of each"))
    }
    do { _ = try samples.subset([]).encoded(for: main.tensors[main.inputs[0]]) } catch {
      throw InputError(error, file: path)
    }
    let width = main.tensors[main.outputs[0]].shape.elementCount
    guard width >= samples.classNames.count else {
      throw InputError(
        InputProblem(
          file: path, found: "\(width) outputs",
          expected: "\(samples.classNames.count), one for each class of the samples"))
    }
  }

  /// Whether the largest output is the label's, sample by sample.
  static func of(
    _ plan: ExecutionPlan, _ samples: SampleSet, jobs: Int, progress: Progress, path: String
  ) throws(InputError) -> [Bool] {
    do {
      let classifier = try Classifier(plan)
      let inputs = try samples.encoded(for: classifier.input)
      return zip(try classifier.classes(of: inputs, jobs: jobs), samples.labels).map { $0 == $1 }
    } catch {
      throw InputError(error, file: path)
    }
  }
}
