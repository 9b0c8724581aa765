import Glibc

/// `edgesim run`: a scenario on its devices.
enum RunCommand {
  static let command = Command(specification: specification, run: run)

  private static let specification = CommandSpecification(
    name: "run", summary: "Simulate a scenario and report times, energy and accuracy.",
    discussion: """

      The model is really executed on the scenario's audio or frames; the devices are simulated,
      once at the nominal costs and once at each end of their 90 % interval. With --out the report
      is written as report.txt, report.json and report.csv too. Exits with 3 when a budget of the
      scenario is violated.
      """,
    positionals: [.init(name: "SCENARIO", help: "Scenario document (.json).")],
    options: [
      .init(
        name: "--device", value: "NAME",
        help: "Simulate this device instead of the scenario's; may be given again.",
        isRepeatable: true),
      .devices, .seed, .jobs, .json,
      .init(name: "--out", value: "DIR", help: "Write the report's files into this folder."),
      .progress,
    ])

  private static func run(_ arguments: ParsedArguments) throws(InputError) -> ExitCode {
    let path = arguments.positionals[0]
    // What cannot be written is told before the work, not after it.
    if let folder = arguments.value("--out") { try FileSystem.makeFolder(folder) }
    var scenario = try ScenarioReader.read(path: path)
    if let seed = try arguments.int("--seed", in: Scenario.seeds) { scenario.seed = UInt64(seed) }
    let names = arguments.values("--device")
    if !names.isEmpty { scenario.devices = names.map { .init(device: $0) } }
    let library = DeviceLibrary(arguments, documentFolder: FileSystem.folder(of: path))
    let tests = try library.tests(scenario.devices, askedIn: path)
    let progress = arguments.progress()
    let experiment = try scenario.experiment(
      tests, jobs: try arguments.jobs(), progress: progress)
    let outcomes = try experiment.run(progress: progress)
    progress.finish()
    let report = RunReport(
      experiment, outcomes, provenance: try provenance(path, scenario, experiment, library))
    return try deliver(report, arguments)
  }

  private static func deliver(
    _ report: RunReport, _ arguments: ParsedArguments
  ) throws(InputError) -> ExitCode {
    let files = try arguments.value("--out").map { folder throws(InputError) in
      try report.write(to: folder)
    }
    Console.out(
      arguments.has("--json") ? report.json : report.table(style: .fitting(STDOUT_FILENO)))
    Console.error((files ?? []).map { "wrote \($0)\n" }.joined())
    return report.keepsBudgets ? .pass : .budgetViolated
  }

  /// Everything that the report depends on, by content.
  private static func provenance(
    _ path: String, _ scenario: Scenario, _ experiment: any Experiment,
    _ library: DeviceLibrary
  ) throws(InputError) -> [RunReport.Provenance] {
    var entries = [("scenario", path), ("model", scenario.modelPath)]
    entries += experiment.dataFiles.map { ($0.role, $0.path) }
    entries += try library.documents(scenario.devices)
    return try RunReport.Provenance.files(entries) + [experiment.input]
  }
}
