import NeuralNetworks
import ReproducibleMath
import SignalProcessing

/// Classifiers: of audio by a front end, and of prepared inputs.
extension EvalCommand {
  static func evaluateKeywords(
    _ evaluation: inout Evaluation, _ classifier: Classifier, _ arguments: ParsedArguments
  ) throws(InputError) {
    let labels = try labels(arguments, classifier) ?? KeywordSpottingMFCC.labels
    let input = classifier.input
    guard input.elementType == .int8 || input.elementType == .float32,
      input.shape.elementCount
        == KeywordSpottingMFCC.frameCount * KeywordSpottingMFCC.coefficientCount
    else {
      throw InputError(
        InputProblem(
          file: evaluation.model, place: "input",
          found: "\(input.elementType.rawValue) \(input.shape)",
          expected: "int8 or float32, 49 x 10 coefficients"))
    }
    let clips = try LabeledDataset.read(path: evaluation.data)
    let truths = try clips.map { clip throws(InputError) -> Int in
      try index(of: clip.label, among: labels, file: clip.path)
    }
    let jobs = try arguments.jobs()
    let inputs = try clips.parallelMap(jobs: jobs) { clip throws(InputError) -> [UInt8] in
      let features = KeywordSpottingMFCC.features(of: try ClipReader.samples(path: clip.path))
      return input.elementType == .int8
        ? KeywordSpottingMFCC.quantized(features).map { UInt8(bitPattern: $0) }
        : features.withUnsafeBytes { Array($0) }
    }
    let classes = try classes(
      classifier, inputs.flatMap { $0 }, jobs: jobs, path: evaluation.model)
    evaluation.metrics =
      ClassificationScore(labels: labels, truths: truths, classes: classes).metrics
  }

  static func evaluateArray(
    _ evaluation: inout Evaluation, _ classifier: Classifier, _ arguments: ParsedArguments
  ) throws(InputError) {
    let truthPath = try arguments.required("--truth")
    let samples = try NPYFile.read(path: evaluation.data)
    let size = classifier.input.byteCount
    let count = samples.shape.first ?? 0
    guard samples.elementType == classifier.input.elementType, count > 0,
      samples.bytes.count == count * size
    else {
      throw InputError(
        InputProblem(
          file: evaluation.data, found: "\(samples.elementType.rawValue) \(samples.shape)",
          expected:
            "\(classifier.input.elementType.rawValue) [samples, ...] of \(classifier.input.shape)"
        ))
    }
    let named = try CSVFile.read(path: truthPath).labels(count: count, file: truthPath)
    let labels =
      try labels(arguments, classifier)
      ?? (0..<classifier.output.shape.elementCount).map(String.init)
    let truths = try named.map { name throws(InputError) -> Int in
      try index(of: name, among: labels, file: truthPath)
    }
    let classes = try classes(
      classifier, samples.bytes, jobs: try arguments.jobs(), path: evaluation.model)
    evaluation.metrics =
      ClassificationScore(labels: labels, truths: truths, classes: classes).metrics
  }

  static func classes(
    _ classifier: Classifier, _ samples: [UInt8], jobs: Int, path: String
  ) throws(InputError) -> [Int] {
    do { return try classifier.classes(of: samples, jobs: jobs) } catch {
      throw InputError(error, file: path)
    }
  }

  /// The names that the user gave, as many as the model has outputs.
  static func labels(
    _ arguments: ParsedArguments, _ classifier: Classifier
  ) throws(InputError) -> [String]? {
    guard let text = arguments.value("--labels") else { return nil }
    let labels = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    let count = classifier.output.shape.elementCount
    guard labels.count == count else {
      throw ParsedArguments.problem(
        found: "\(labels.count) labels", expected: "\(count), as the model has outputs")
    }
    return labels
  }

  /// Underscores around a label (`_silence_`) do not count.
  private static func index(
    of label: String, among labels: [String], file: String
  ) throws(InputError) -> Int {
    let bare = ClassLabels.bare(label)
    if let index = labels.firstIndex(where: { ClassLabels.bare($0) == bare }) { return index }
    throw InputError(
      InputProblem(
        file: file, found: "the label \(label)",
        expected: "one of \(labels.joined(separator: ", "))",
        nearest: NearestName.of(label, among: labels)))
  }
}
