import Glibc
import Inference
import NeuralNetworks

/// `edgesim inspect`: the value at each step from the model file to the device's profile.
enum InspectCommand {
  static let command = Command(specification: specification, run: run)

  private static let specification = CommandSpecification(
    name: "inspect", summary: "Show what a model is, how it is planned, and what it costs.",
    discussion: """

      Stages: network (tensors and operators), plan (kernels and arena), workload
      (multiply-accumulates and bytes of each operator), profile (time and energy of each operator
      on a device). The plan is drawn: operators along x in the order of execution, bytes along y.
      An ONNX model has no plan: it is evaluated node by node, and --coverage tries it on --input or
      on zeros.
      """,
    positionals: [.init(name: "MODEL", help: "Model file (.tflite, .onnx).")],
    options: [
      .init(
        name: "--stage", value: "STAGE", help: "What to show (default: network).",
        choices: Stage.allCases.map(\.rawValue)),
      .init(
        name: "--device", value: "NAME",
        help: "Device for the profile: a name in --devices, or a document's path."),
      .init(
        name: "--coverage", value: nil,
        help: "Instead of a stage: list the operators, their types, and what we lack of them."),
      .init(name: "--runtime", value: "NAME", help: "One of the device's runtimes."),
      .init(name: "--operating-point", value: "NAME", help: "One of its operating points."),
      .init(
        name: "--input", value: "[NAME=]X.npy",
        help: "Workload and coverage of an ONNX model: inputs (default: zeros, unknown extents 1).",
        isRepeatable: true),
      .devices, .arithmetic,
      .init(
        name: "--reorder", value: nil,
        help: "Plan: let operators run in an order that needs a smaller arena."),
      .init(name: "--svg", value: "FILE", help: "Plan: also draw the arena into this file."),
      .json,
    ])

  enum Stage: String, CaseIterable {
    case network, plan, workload, profile
  }

  private static func run(_ arguments: ParsedArguments) throws(InputError) -> ExitCode {
    let path = arguments.positionals[0]
    let stage = arguments.value("--stage").flatMap(Stage.init(rawValue:)) ?? .network
    let inspection =
      arguments.has("--coverage")
      ? try coverage(path: path, arguments) : try self.stage(stage, path: path, arguments)
    Console.out(
      arguments.has("--json") ? inspection.json : inspection.table(style: .fitting(STDOUT_FILENO)))
    return .pass
  }

  private static func stage(
    _ stage: Stage, path: String, _ arguments: ParsedArguments
  ) throws(InputError) -> Inspection {
    switch try ModelLoader.model(path: path) {
    case .network(let network): try self.stage(stage, of: network, path: path, arguments)
    case .onnx(let model): try ONNXInspection.of(model, stage, path: path, arguments)
    }
  }

  /// Also of a model that cannot be run; only a file that is no model is an error.
  private static func coverage(
    path: String, _ arguments: ParsedArguments
  ) throws(InputError) -> Inspection {
    let survey: ModelSurvey
    switch try ModelLoader.survey(path: path) {
    case .onnx(let model): return try ONNXInspection.coverage(model, arguments)
    case .tflite(let found): survey = found
    }
    let arithmetic = arguments.arithmetic()
    let coverage = OperatorCoverage(survey, arithmetic: arithmetic)
    do throws(ModelError) {
      _ = try ExecutionPlan(try ModelFormat.read(path: path), arithmetic: arithmetic)
      return CoverageInspection.of(coverage, problem: nil)
    } catch { return CoverageInspection.of(coverage, problem: CoverageInspection.text(error)) }
  }

  private static func plan(
    _ network: Network, path: String, _ arguments: ParsedArguments
  ) throws(InputError) -> Inspection {
    let plan = try ModelLoader.plan(
      network, arithmetic: arguments.arithmetic(), path: path, reorder: arguments.has("--reorder"))
    if let file = arguments.value("--svg") {
      try AtomicFile.write(ArenaSVG(plan).document, to: file)
    }
    return PlanInspection.of(plan, width: TerminalStyle.columns(of: STDOUT_FILENO))
  }

  private static func stage(
    _ stage: Stage, of network: Network, path: String, _ arguments: ParsedArguments
  ) throws(InputError) -> Inspection {
    switch stage {
    case .network: return Inspection(network)
    case .plan: return try plan(network, path: path, arguments)
    case .workload: return Inspection(network.workload(), name: network.name)
    case .profile: return try ProfileInspection.of(network, path: path, arguments)
    }
  }
}
