import NeuralNetworks

/// The arguments of one command, held against its specification.
struct ParsedArguments: Sendable, Equatable {
  /// As many as the specification has.
  private(set) var positionals: [String] = []
  private var values: [String: [String]] = [:]
  private(set) var wantsHelp = false

  private static let file = "command line"

  /// Reads `--name value`, `--name=value`, flags, positionals, and `--` before positionals that
  /// begin with a dash.
  init(_ arguments: [String], for specification: CommandSpecification) throws(InputError) {
    var rest = arguments[...]
    var optionsEnded = false
    while let argument = rest.popFirst() {
      if argument == "--help" || argument == "-h", !optionsEnded {
        wantsHelp = true
        return
      } else if argument == "--", !optionsEnded {
        optionsEnded = true
      } else if argument.hasPrefix("-"), argument != "-", !optionsEnded {
        try readOption(argument, rest: &rest, specification)
      } else {
        positionals.append(argument)
      }
    }
    try checkPositionals(specification)
  }

  private mutating func readOption(
    _ argument: String, rest: inout ArraySlice<String>, _ specification: CommandSpecification
  ) throws(InputError) {
    let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    let name = String(parts[0])
    guard let option = specification.options.first(where: { $0.name == name }) else {
      let names = specification.options.map(\.name) + ["--help"]
      throw Self.problem(
        found: "the unknown option \(name)",
        expected: "an option of `edgesim \(specification.name)` (see --help)",
        nearest: NearestName.of(name, among: names))
    }
    guard option.value != nil else {
      guard parts.count == 1 else {
        throw Self.problem(found: argument, expected: "\(name) without a value")
      }
      values[name] = [""]
      return
    }
    guard let value = parts.count == 2 ? String(parts[1]) : rest.popFirst() else {
      throw Self.problem(found: "\(name) at the end", expected: option.signature)
    }
    try add(value, to: option)
  }

  private mutating func add(
    _ value: String, to option: CommandSpecification.Option
  ) throws(InputError) {
    if let choices = option.choices, !choices.contains(value) {
      throw Self.problem(
        found: "\(option.name) \(value)", expected: "one of \(choices.joined(separator: ", "))",
        nearest: NearestName.of(value, among: choices))
    }
    guard option.isRepeatable || values[option.name] == nil else {
      throw Self.problem(found: "\(option.name) twice", expected: "it once")
    }
    values[option.name, default: []].append(value)
  }

  private func checkPositionals(_ specification: CommandSpecification) throws(InputError) {
    if positionals.count < specification.positionals.count {
      let missing = specification.positionals[positionals.count]
      throw Self.problem(
        found: "no \(missing.name)", expected: "\(missing.name): \(missing.help)")
    }
    guard positionals.count == specification.positionals.count else {
      throw Self.problem(
        found: "the extra argument \(positionals[specification.positionals.count])",
        expected: "\(specification.positionals.count) for `edgesim \(specification.name)`")
    }
  }

  func has(_ name: String) -> Bool { values[name] != nil }

  /// The value of an option that was given.
  func value(_ name: String) -> String? { values[name]?.first }

  /// All values of a repeatable option.
  func values(_ name: String) -> [String] { values[name] ?? [] }

  /// The value of a required option.
  func required(_ name: String) throws(InputError) -> String {
    guard let value = value(name) else {
      throw Self.problem(found: "no \(name)", expected: "it, as it is required (see --help)")
    }
    return value
  }

  /// The value of a required option that may be repeated, but not for what is asked for.
  func single(_ name: String) throws(InputError) -> String {
    let value = try required(name)
    guard values(name).count == 1 else {
      throw Self.problem(found: "\(name) \(values(name).count) times", expected: "it once")
    }
    return value
  }

  func int(_ name: String, in range: ClosedRange<Int>) throws(InputError) -> Int? {
    guard let text = value(name) else { return nil }
    guard let number = Int(text), range.contains(number) else {
      throw Self.problem(
        found: "\(name) \(text)",
        expected: "a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  static func problem(found: String, expected: String, nearest: String? = nil) -> InputError {
    InputError(
      InputProblem(file: file, found: found, expected: expected, nearest: nearest))
  }
}
