import NeuralNetworks
import SignalProcessing
import SyntheticData

/// Classifiers of images and vibration, and of whatever a data document states.
extension EvalCommand {
  /// Files through the front end whose extents are those of the model's input.
  static func evaluateFiles(
    _ evaluation: inout Evaluation, _ classifier: Classifier, _ kind: FrontEndKind,
    _ arguments: ParsedArguments
  ) throws(InputError) {
    let window = try arguments.int("--window", in: VibrationFrontEnd.windowSampleCounts)
    let extents = classifier.interface.imageExtents
    guard let frontEnd = SampleFrontEnd(kind, extents: extents, window: window ?? 2048) else {
      throw InputError(
        InputProblem(
          file: evaluation.model, place: "input", found: "\(classifier.input.shape)",
          expected: kind == .image
            ? "[1, height, width, 1 or 3]" : "[1, samples or bands, 1, 1 or 2] that the window fits"
        ))
    }
    let data = FileData(
      path: evaluation.data, frontEnd: frontEnd, classNames: try labels(arguments, classifier),
      split: arguments.value("--split").flatMap(DataSplit.init))
    try evaluate(&evaluation, classifier, .files(data), arguments)
  }

  /// A data document: what stands under `data` in a scenario, as a file of its own.
  static func evaluateDocument(
    _ evaluation: inout Evaluation, _ classifier: Classifier, _ arguments: ParsedArguments
  ) throws(InputError) {
    try evaluate(&evaluation, classifier, try DataSource.read(path: evaluation.data), arguments)
  }

  private static func evaluate(
    _ evaluation: inout Evaluation, _ classifier: Classifier, _ source: DataSource,
    _ arguments: ParsedArguments
  ) throws(InputError) {
    let progress = arguments.progress()
    defer { progress.finish() }
    let jobs = try arguments.jobs()
    let labeled = try source.labeledSamples(jobs: jobs, progress: progress)
    let inputs: [UInt8]
    do {
      try classifier.interface.check(labeled.samples)
      inputs = try classifier.interface.encoded(labeled.samples)
    } catch { throw InputError(error, file: evaluation.model) }
    let classes = try classes(classifier, inputs, jobs: jobs, path: evaluation.model)
    let outputs = classifier.output.shape.elementCount
    let names = labeled.samples.classNames
    evaluation.facts += [
      ("samples come from", source.summary), ("groups", "\(Set(labeled.groups).count)"),
    ]
    if classifier.interface.mayHaveChannelsFirst {
      let layout = classifier.interface.layout(of: labeled.samples.shape)
      evaluation.facts.append(("input layout", layout.rawValue))
    }
    evaluation.metrics =
      ClassificationScore(
        labels: names + (names.count..<max(outputs, names.count)).map { "class \($0)" },
        truths: labeled.samples.labels, classes: classes
      ).metrics
  }
}

extension SampleFrontEnd {
  /// The front end that gives a model's input; nil where none does.
  ///
  /// - Parameter extents: of one sample; of images height, width and channels.
  fileprivate init?(_ kind: EvalCommand.FrontEndKind, extents: [Int], window: Int) {
    let count = extents.reduce(1, *)
    switch kind {
    case .image:
      guard extents.count == 3,
        let made = ImageFrontEnd(height: extents[0], width: extents[1], channelCount: extents[2])
      else { return nil }
      self = .image(made)
    case .vibrationRaw:
      guard let made = VibrationFrontEnd(.raw, windowSampleCount: count) else { return nil }
      self = .vibration(made)
    case .vibrationSpectrum:
      guard count.isMultiple(of: 2),
        let made = VibrationFrontEnd(.spectrum, windowSampleCount: window, bandCount: count / 2)
      else { return nil }
      self = .vibration(made)
    case .none, .micro, .mlperfKWS: return nil
    }
  }
}
