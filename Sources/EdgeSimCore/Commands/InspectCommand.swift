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
      on a device). An ONNX model has no plan: it is evaluated node by node.
      """,
    positionals: [.init(name: "MODEL", help: "Model file (.tflite, .onnx).")],
    options: [
      .init(
        name: "--stage", value: "STAGE", help: "What to show (default: network).",
        choices: Stage.allCases.map(\.rawValue)),
      .init(
        name: "--device", value: "NAME",
        help: "Device for the profile: a name in --devices, or a document's path."),
      .init(name: "--runtime", value: "NAME", help: "One of the device's runtimes."),
      .init(name: "--operating-point", value: "NAME", help: "One of its operating points."),
      .init(
        name: "--input", value: "[NAME=]X.npy",
        help: "Workload of an ONNX model: inputs (default: zeros, unknown extents 1).",
        isRepeatable: true),
      .devices, .arithmetic, .json,
    ])

  enum Stage: String, CaseIterable {
    case network, plan, workload, profile
  }

  private static func run(_ arguments: ParsedArguments) throws(InputError) -> ExitCode {
    let path = arguments.positionals[0]
    let stage = arguments.value("--stage").flatMap(Stage.init(rawValue:)) ?? .network
    let inspection =
      switch try ModelLoader.model(path: path) {
      case .network(let network): try self.stage(stage, of: network, path: path, arguments)
      case .onnx(let model): try ONNXInspection.of(model, stage, path: path, arguments)
      }
    Console.out(
      arguments.has("--json") ? inspection.json : inspection.table(style: .fitting(STDOUT_FILENO)))
    return .pass
  }

  private static func stage(
    _ stage: Stage, of network: Network, path: String, _ arguments: ParsedArguments
  ) throws(InputError) -> Inspection {
    switch stage {
    case .network: return Inspection(network)
    case .plan:
      return Inspection(
        try ModelLoader.plan(network, arithmetic: arguments.arithmetic(), path: path))
    case .workload: return Inspection(network.workload(), name: network.name)
    case .profile: return try ProfileInspection.of(network, path: path, arguments)
    }
  }
}
