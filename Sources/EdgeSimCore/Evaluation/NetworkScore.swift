import Inference
import NeuralNetworks
import Training

/// How right a network is on labeled samples, or how well it tells anomalies from normal ones.
struct NetworkScore: Sendable, Equatable {
  /// What a network is asked for.
  enum Objective: String, Sendable, CaseIterable {
    /// The class of the largest output.
    case classification
    /// Its input again: samples that it fails to rebuild are anomalies. The first class is normal.
    case reconstruction
  }

  var objective: Objective
  var sampleCount: Int
  /// The share of samples classified right, or the area under the ROC curve of the error.
  var quality: Double
  /// Of the share; nil for an area.
  var confidence: ConfidenceInterval?
  /// By class, in the order of the classes that have samples: right ones and all.
  var classes: [ClassScore]
  /// Of the samples of the normal class; nil for classification.
  var meanSquaredError: Double?

  struct ClassScore: Sendable, Equatable {
    var name: String
    var right, count: Int
    var recall: Double { Double(right) / Double(count) }
  }
}

extension NetworkScore {
  /// Runs the network on every sample. Results do not depend on `jobs`.
  ///
  /// - Throws: `ModelError` when the network has not one input of the samples' extent and one
  ///   output that fits the objective, or a sample makes an operator impossible.
  static func of(
    _ network: Network, on samples: SampleSet, objective: Objective, arithmetic: Arithmetic,
    jobs: Int, progress: Progress? = nil
  ) throws(ModelError) -> NetworkScore {
    let outputs = try outputs(
      of: network, on: samples, arithmetic: arithmetic, jobs: jobs, progress: progress)
    switch objective {
    case .classification: return classification(outputs, samples)
    case .reconstruction: return try reconstruction(outputs, samples)
    }
  }

  /// Real outputs of every sample, one after the other.
  static func outputs(
    of network: Network, on samples: SampleSet, arithmetic: Arithmetic, jobs: Int,
    progress: Progress? = nil
  ) throws(ModelError) -> [Float] {
    _ = try ModelInterface(network)
    let plan = try ExecutionPlan(network, arithmetic: arithmetic)
    return try SampleEvaluator(plan, jobs: jobs).outputs(of: samples, progress: progress)
  }

  private static func classification(_ outputs: [Float], _ samples: SampleSet) -> NetworkScore {
    let width = max(outputs.count / max(samples.count, 1), 1)
    let classes = (0..<samples.count).map { sample in
      let row = outputs[sample * width..<(sample + 1) * width]
      return row.indices.reduce(row.startIndex) { row[$1] > row[$0] ? $1 : $0 } - row.startIndex
    }
    let rights = zip(samples.labels, classes).map { $0 == $1 }
    let right = rights.count { $0 }
    return NetworkScore(
      objective: .classification, sampleCount: samples.count,
      quality: samples.count == 0 ? 0 : Double(right) / Double(samples.count),
      confidence: .ofShare(successes: right, trials: samples.count),
      classes: classScores(samples, rights))
  }

  private static func classScores(_ samples: SampleSet, _ rights: [Bool]) -> [ClassScore] {
    let count = (samples.labels.max() ?? -1) + 1
    return (0..<count).compactMap { label in
      let own = samples.labels.indices.filter { samples.labels[$0] == label }
      guard !own.isEmpty else { return nil }
      let name = label < samples.classNames.count ? samples.classNames[label] : "class \(label)"
      return ClassScore(name: name, right: own.count { rights[$0] }, count: own.count)
    }
  }

  /// The score of a sample is its mean squared error; a perfect detector ranks every anomaly above
  /// every normal sample.
  private static func reconstruction(
    _ outputs: [Float], _ samples: SampleSet
  ) throws(ModelError) -> NetworkScore {
    guard outputs.count == samples.values.count else {
      throw ModelError(
        place: "output", found: "\(outputs.count / max(samples.count, 1)) elements",
        expected: "\(samples.shape.elementCount), as many as the input")
    }
    let size = samples.shape.elementCount
    let errors = (0..<samples.count).map { sample in
      (sample * size..<(sample + 1) * size).reduce(0.0) { sum, index in
        let difference = Double(outputs[index] - samples.values[index])
        return sum + difference * difference
      } / Double(size)
    }
    let normal = samples.labels.indices.filter { samples.labels[$0] == 0 }.map { errors[$0] }
    let anomalous = samples.labels.indices.filter { samples.labels[$0] != 0 }.map { errors[$0] }
    return NetworkScore(
      objective: .reconstruction, sampleCount: samples.count,
      quality: ROCCurve.area(negatives: normal, positives: anomalous), classes: [],
      meanSquaredError: normal.isEmpty ? nil : normal.reduce(0, +) / Double(normal.count))
  }
}
