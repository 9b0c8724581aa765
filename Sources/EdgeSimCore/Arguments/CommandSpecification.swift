/// What a command takes, as data: parsing, defaults and help are made of it.
struct CommandSpecification: Sendable {
  struct Positional: Sendable {
    var name: String
    var help: String
  }

  struct Option: Sendable {
    /// With the dashes: `--seed`.
    var name: String
    /// What the value stands for: `N`; nil for a flag.
    var value: String?
    var help: String
    /// The valid values, where they are few.
    var choices: [String]?
    var isRepeatable = false
  }

  var name: String
  /// One line.
  var summary: String
  /// More lines, for the help.
  var discussion: String
  var positionals: [Positional]
  var options: [Option]

  static let help = Option(name: "--help", value: nil, help: "Show this help.")

  /// The text of `--help`.
  var helpText: String {
    let usage = ["usage: edgesim \(name)"] + positionals.map(\.name) + ["[options]"]
    var table = TextTable([.left, .left])
    for positional in positionals { table.add(["  \(positional.name)", positional.help]) }
    for option in options + [Self.help] {
      let choices = option.choices.map { " One of \($0.joined(separator: ", "))." } ?? ""
      table.add(["  " + option.signature, option.help + choices])
    }
    let body = [usage.joined(separator: " "), "", summary, discussion, ""] + table.lines
    return body.joined(separator: "\n") + "\n"
  }
}

extension CommandSpecification.Option {
  var signature: String { value.map { "\(name) \($0)" } ?? name }
}
