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
      """,
    positionals: [.init(name: "MODEL", help: "Model file (.tflite).")],
    options: [
      .init(
        name: "--stage", value: "STAGE", help: "What to show (default: network).",
        choices: Stage.allCases.map(\.rawValue)),
      .init(
        name: "--device", value: "NAME",
        help: "Device for the profile: a name in --devices, or a document's path."),
      .init(name: "--runtime", value: "NAME", help: "One of the device's runtimes."),
      .init(name: "--operating-point", value: "NAME", help: "One of its operating points."),
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
    let network = try ModelLoader.network(path: path)
    let stage = arguments.value("--stage").flatMap(Stage.init(rawValue:)) ?? .network
    let inspection: Inspection
    switch stage {
    case .network: inspection = Inspection(network)
    case .plan: inspection = try plan(network, path: path, arguments)
    case .workload: inspection = Inspection(network.workload(), of: network)
    case .profile: inspection = try ProfileInspection.of(network, path: path, arguments)
    }
    Console.out(
      arguments.has("--json") ? inspection.json : inspection.table(style: .fitting(STDOUT_FILENO)))
    return .pass
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
}
