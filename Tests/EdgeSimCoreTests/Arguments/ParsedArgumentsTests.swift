import Testing

@testable import EdgeSimCore

@Suite struct ParsedArgumentsTests {
  private let specification = CommandSpecification(
    name: "run", summary: "Runs a scenario.", discussion: "More.",
    positionals: [.init(name: "SCENARIO", help: "The document.")],
    options: [
      .init(name: "--seed", value: "N", help: "The seed; 1 if not given."),
      .init(name: "--json", value: nil, help: "Write JSON."),
      .init(name: "--device", value: "NAME", help: "A device.", isRepeatable: true),
      .init(name: "--stage", value: "STAGE", help: "The stage.", choices: ["network", "plan"]),
    ])

  private func parse(_ arguments: String...) throws(InputError) -> ParsedArguments {
    try ParsedArguments(arguments, for: specification)
  }

  @Test("Options are read before and after positionals, with a space or an equals sign")
  func reading() throws {
    let parsed = try parse(
      "--seed=7", "x.json", "--json", "--device", "a=b", "--device=", "--stage", "plan")
    #expect(parsed.positionals == ["x.json"] && parsed.has("--json"))
    #expect(try parsed.int("--seed", in: 0...9) == 7)
    #expect(parsed.values("--device") == ["a=b", ""] && parsed.value("--stage") == "plan")
    let dashed = try parse("--", "--json")
    #expect(dashed.positionals == ["--json"] && !dashed.has("--json"))
    #expect(try parse("-").positionals == ["-"])
  }

  @Test("Help is wanted wherever it stands, and lists everything")
  func help() throws {
    #expect(try parse("--help").wantsHelp && parse("x", "-h").wantsHelp)
    #expect(try !parse("--", "--help").wantsHelp)
    #expect(
      specification.helpText == """
        usage: edgesim run SCENARIO [options]

        Runs a scenario.
        More.

          SCENARIO       The document.
          --seed N       The seed; 1 if not given.
          --json         Write JSON.
          --device NAME  A device.
          --stage STAGE  The stage. One of network, plan.
          --help         Show this help.

        """)
  }

  @Test(
    "Wrong arguments are refused, with what was expected and the nearest name",
    arguments: [
      (
        ["x", "--sede", "1"],
        "command line: found the unknown option --sede, "
          + "expected an option of `edgesim run` (see --help); did you mean \"--seed\"?"
      ),
      (["x", "--seed"], "command line: found --seed at the end, expected --seed N"),
      (
        ["x", "--json=1"], "command line: found --json=1, expected --json without a value"
      ),
      (
        ["x", "--seed", "1", "--seed", "2"],
        "command line: found --seed twice, expected it once"
      ),
      (
        ["x", "--stage", "plam"],
        "command line: found --stage plam, expected one of network, plan; did you mean \"plan\"?"
      ),
      ([], "command line: found no SCENARIO, expected SCENARIO: The document."),
      (
        ["x", "y"], "command line: found the extra argument y, expected 1 for `edgesim run`"
      ),
    ])
  func refused(_ arguments: [String], _ message: String) {
    let error = #expect(throws: InputError.self) {
      try ParsedArguments(arguments, for: specification)
    }
    #expect(error?.description == message)
  }

  @Test("Numbers outside their range are refused", arguments: ["10", "-1", "1.5", "", "0x1"])
  func numbers(_ text: String) throws {
    let parsed = try parse("x", "--seed=\(text)")
    #expect(throws: InputError.self) { try parsed.int("--seed", in: 0...9) }
  }
}
