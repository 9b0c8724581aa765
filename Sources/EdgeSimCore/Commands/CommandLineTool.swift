import Glibc
import NeuralNetworks

/// The command `edgesim`: picks the command, prints errors, decides the exit code.
public enum CommandLineTool {
  static let commands = [
    RunCommand.command, CompressCommand.command, SensitivityCommand.command, EvalCommand.command,
    InferCommand.command, InspectCommand.command, DevicesCommand.command, GenerateCommand.command,
  ]

  /// Runs the command that the arguments name.
  ///
  /// - Parameter arguments: without the program's name.
  /// - Returns: the process's exit code.
  public static func run(_ arguments: [String]) -> Int32 {
    // A reader that goes away (`edgesim devices | head`) is no crash.
    signal(SIGPIPE, SIG_DFL)
    Console.explainBusError()
    guard let name = arguments.first, !["--help", "-h", "help"].contains(name) else {
      Console.out(helpText)
      return ExitCode.pass.rawValue
    }
    if name == "--version" {
      Console.out("edgesim \(EdgeSimVersion.current)\n")
      return ExitCode.pass.rawValue
    }
    do throws(InputError) {
      let command = try command(named: name)
      let specification = command.specification
      let parsed = try ParsedArguments(Array(arguments.dropFirst()), for: specification)
      if parsed.wantsHelp {
        Console.out(specification.helpText)
        return ExitCode.pass.rawValue
      }
      return try command.run(parsed).rawValue
    } catch {
      Console.error("edgesim: " + error.description.replacingLines(with: "\nedgesim: ") + "\n")
      return ExitCode.badInput.rawValue
    }
  }

  private static func command(named name: String) throws(InputError) -> Command {
    if let command = commands.first(where: { $0.specification.name == name }) { return command }
    let names = commands.map(\.specification.name)
    throw ParsedArguments.problem(
      found: "the command \(name)", expected: "one of \(names.joined(separator: ", "))",
      nearest: NearestName.of(name, among: names))
  }

  private static var helpText: String {
    var table = TextTable([.left, .left])
    for command in commands {
      table.add(["  \(command.specification.name)", command.specification.summary])
    }
    let lines =
      [
        "usage: edgesim COMMAND [arguments]", "",
        "Simulates compressed neural networks on edge devices: right answers, in time?", "",
      ] + table.lines + [
        "", "`edgesim COMMAND --help` shows a command's arguments.",
        "Exit codes: 0 pass, 1 internal error, 2 bad usage or input, 3 a budget is violated.",
      ]
    return lines.joined(separator: "\n") + "\n"
  }
}

/// One command: what it takes, and what it does.
struct Command: Sendable {
  var specification: CommandSpecification
  var run: @Sendable (ParsedArguments) throws(InputError) -> ExitCode
}

/// What the process tells its caller.
public enum ExitCode: Int32, Sendable {
  case pass = 0
  case internalError = 1
  case badInput = 2
  case budgetViolated = 3
  case regression = 4
  case tooFewSamples = 5
}

/// Standard output and error.
enum Console {
  static func out(_ text: String) { write(text, to: STDOUT_FILENO) }

  static func error(_ text: String) { write(text, to: STDERR_FILENO) }

  /// A mapped model file that somebody truncates while we read it ends the process: say why.
  static func explainBusError() {
    signal(SIGBUS) { _ in
      let text: StaticString = "edgesim: a model file was truncated while it was in use\n"
      _ = Glibc.write(STDERR_FILENO, text.utf8Start, text.utf8CodeUnitCount)
      _exit(ExitCode.badInput.rawValue)
    }
  }

  private static func write(_ text: String, to descriptor: Int32) {
    let bytes = Array(text.utf8)
    var written = 0
    while written < bytes.count {
      let part = bytes.withUnsafeBytes {
        Glibc.write(descriptor, $0.baseAddress?.advanced(by: written), bytes.count - written)
      }
      if part < 0, errno != EINTR { return }
      written += max(part, 0)
    }
  }
}

extension String {
  fileprivate func replacingLines(with separator: String) -> String {
    split(separator: "\n", omittingEmptySubsequences: false).joined(separator: separator)
  }
}
