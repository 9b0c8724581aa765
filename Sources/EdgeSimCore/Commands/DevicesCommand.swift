import DeviceModels
import Glibc

/// `edgesim devices`: the devices there are, or all that is known of one.
enum DevicesCommand {
  static let command = Command(specification: specification, run: run)

  private static let specification = CommandSpecification(
    name: "devices", summary: "List the devices, or show one with the source of every figure.",
    discussion: "", positionals: [],
    options: [
      .init(name: "--device", value: "NAME", help: "Show this device: a name or a path."),
      .devices, .json,
    ])

  private static func run(_ arguments: ParsedArguments) throws(InputError) -> ExitCode {
    let library = DeviceLibrary(arguments)
    let inspection: Inspection
    if let name = arguments.value("--device") {
      inspection = Inspection(try library.device(name))
    } else {
      let names = try library.catalog.names()
      guard !names.isEmpty else {
        throw ParsedArguments.problem(
          found: "no device documents", expected: "a folder devices here, or --devices DIR")
      }
      inspection = Inspection(try names.map { name throws(InputError) in try library.device(name) })
    }
    Console.out(
      arguments.has("--json") ? inspection.json : inspection.table(style: .fitting(STDOUT_FILENO)))
    return .pass
  }
}
