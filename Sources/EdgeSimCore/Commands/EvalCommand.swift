import DiscreteEvents
import Glibc
import Inference
import NeuralNetworks
import SignalProcessing
import SyntheticData

/// `edgesim eval`: how right a model is on labeled data, without a device.
enum EvalCommand {
  static let command = Command(specification: specification, run: run)

  private static let specification = CommandSpecification(
    name: "eval", summary: "Measure a model's accuracy on labeled data.",
    discussion: """

      Data is a folder with one folder per label, or a CSV manifest (columns file, label, and if you
      like kind, group, split, start_seconds, end_seconds), or a data document (.json), or with
      --front-end none a NumPy file of the model's inputs with --truth. A wake-word model is known
      by the .json file beside it; every clip is then heard from a fresh start, followed by a second
      of silence. Images are PNG or JPEG, recordings of vibration MATLAB or NumPy files, cut into
      windows; extents are those of the model's input. An ONNX model's input may be NCHW or NHWC.
      """,
    positionals: [],
    options: [
      .init(name: "--model", value: "M", help: "Model file (.tflite, .onnx)."),
      .init(name: "--data", value: "D", help: "Labeled data."),
      .init(
        name: "--front-end", value: "KIND",
        help: "How a file becomes features (default: micro for wake-word models, none for .npy).",
        choices: FrontEndKind.allCases.map(\.rawValue)),
      .init(
        name: "--wake-word", value: "LABEL",
        help: "Label of the positives (default: the model's file name)."),
      .init(
        name: "--labels", value: "A,B,...",
        help: "Names of the model's outputs (default: those of MLPerf KWS for mlperf-kws)."),
      .init(
        name: "--split", value: "PART", help: "Only this part of images or vibration.",
        choices: DataSplit.allCases.map(\.rawValue)),
      .init(
        name: "--window", value: "N",
        help: "Samples of a recording that make one spectrum (default: 2048)."),
      .init(
        name: "--truth", value: "T.csv",
        help: "Labels of a NumPy file's samples: CSV with a column label, in order."),
      .arithmetic, .jobs, .json, .progress,
    ])

  enum FrontEndKind: String, CaseIterable {
    case none
    case micro
    case mlperfKWS = "mlperf-kws"
    case image
    case vibrationSpectrum = "vibration-spectrum"
    case vibrationRaw = "vibration-raw"
  }

  private static func run(_ arguments: ParsedArguments) throws(InputError) -> ExitCode {
    let path = try arguments.required("--model")
    let data = try arguments.required("--data")
    let model = try ModelLoader.model(path: path)
    let isDocument = data.hasSuffix(".json")
    let kind =
      try isDocument ? FrontEndKind.none : frontEnd(arguments, modelPath: path, data: data)
    var evaluation = Evaluation(model: path, data: data, facts: [], metrics: [])
    if kind == .micro {
      try evaluateWakeWord(&evaluation, model, arguments)
    } else {
      let classifier = try classifier(model, &evaluation, arguments)
      switch kind {
      case _ where isDocument: try evaluateDocument(&evaluation, classifier, arguments)
      case .mlperfKWS: try evaluateKeywords(&evaluation, classifier, arguments)
      case .image, .vibrationSpectrum, .vibrationRaw:
        try evaluateFiles(&evaluation, classifier, kind, arguments)
      case .none, .micro: try evaluateArray(&evaluation, classifier, arguments)
      }
    }
    show(evaluation, arguments)
    return .pass
  }

  private static func plan(
    _ network: Network, _ evaluation: inout Evaluation, _ arguments: ParsedArguments
  ) throws(InputError) -> ExecutionPlan {
    let plan = try ModelLoader.plan(
      network, arithmetic: arguments.arithmetic(), path: evaluation.model)
    evaluation.facts.append(("arithmetic", plan.arithmetic.rawValue))
    return plan
  }

  private static func classifier(
    _ model: Model, _ evaluation: inout Evaluation, _ arguments: ParsedArguments
  ) throws(InputError) -> Classifier {
    let path = evaluation.model
    switch model {
    case .network(let network):
      let plan = try plan(network, &evaluation, arguments)
      do { return try Classifier(plan) } catch { throw InputError(error, file: path) }
    case .onnx(let model):
      guard !arguments.has("--arithmetic") else {
        throw ParsedArguments.problem(
          found: "--arithmetic for an ONNX model", expected: "none, as its operators state theirs")
      }
      let evaluator = try ModelLoader.evaluator(model, path: path)
      evaluation.facts.append(("arithmetic", "ONNX Runtime's"))
      do { return try Classifier(evaluator) } catch { throw InputError(error, file: path) }
    }
  }

  private static func show(_ evaluation: Evaluation, _ arguments: ParsedArguments) {
    Console.out(
      arguments.has("--json") ? evaluation.json : evaluation.table(style: .fitting(STDOUT_FILENO)))
  }

  private static func frontEnd(
    _ arguments: ParsedArguments, modelPath: String, data: String
  ) throws(InputError) -> FrontEndKind {
    if let kind = arguments.value("--front-end").flatMap(FrontEndKind.init(rawValue:)) {
      return kind
    }
    if data.hasSuffix(".npy") { return .none }
    if FileSystem.exists(DetectorSettings.sidecarPath(ofModel: modelPath)) { return .micro }
    throw ParsedArguments.problem(
      found: "no --front-end", expected: "it, as no .json file beside the model says what it hears")
  }

  private static func evaluateWakeWord(
    _ evaluation: inout Evaluation, _ model: Model, _ arguments: ParsedArguments
  ) throws(InputError) {
    guard case .network(let network) = model else {
      throw InputError(
        InputProblem(
          file: evaluation.model, found: "an ONNX model, which keeps nothing between invocations",
          expected: "a wake-word model (.tflite) for --front-end micro"))
    }
    let plan = try plan(network, &evaluation, arguments)
    let model: WakeWordModel
    do { model = try WakeWordModel(plan) } catch {
      throw InputError(error, file: evaluation.model)
    }
    let settings = try DetectorSettings.resolve(
      Scenario.DetectorOverrides(refractoryPeriod: .init(milliseconds: 1000)),
      modelPath: evaluation.model)
    let wakeWord = arguments.value("--wake-word") ?? FileSystem.stem(of: evaluation.model)
    let clips = try LabeledDataset.read(path: evaluation.data)
    try clips.requireLabel(wakeWord, file: evaluation.data)
    let progress = arguments.progress()
    defer { progress.finish() }
    let jobs = try arguments.jobs()
    let samples = try ClipReader.samples(of: clips, jobs: jobs, progress: progress)
    evaluation.facts += [
      ("wake word", wakeWord), ("probability cutoff", "\(settings.probabilityCutoff)"),
      ("sliding window", "\(settings.slidingWindowSize)"),
    ]
    evaluation.metrics = WakeWordEvaluation(model: model, settings: settings, wakeWord: wakeWord)
      .metrics(of: clips, samples, jobs: jobs)
  }
}

extension [LabeledClip] {
  /// - Throws: when no clip has the label: a wake word that is misspelled looks like a bad model.
  func requireLabel(_ label: String, file: String) throws(InputError) {
    let labels = Array<String>(Set(map(\.label)).sorted())
    guard !labels.contains(label) else { return }
    throw InputError(
      InputProblem(
        file: file, found: "the labels \(labels.prefix(20).joined(separator: ", "))",
        expected: "clips of the wake word \(label)",
        nearest: NearestName.of(label, among: labels)))
  }
}
