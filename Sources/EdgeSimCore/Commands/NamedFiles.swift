import NeuralNetworks

/// Files for tensors, given as `NAME=FILE`; the name may be left out where there is only one.
struct NamedFiles {
  private let option: String
  private let names: [String]
  /// By name.
  private(set) var paths: [String: String] = [:]

  /// - Throws: for a name that there is not, or one that is given twice.
  init(_ arguments: ParsedArguments, option: String, names: [String]) throws(InputError) {
    self.option = option
    self.names = names
    for text in arguments.values(option) { try assign(text) }
  }

  /// The files of all names, in their order.
  ///
  /// - Throws: when one is missing.
  func all() throws(InputError) -> [String] {
    var result: [String] = []
    for name in names {
      guard let path = paths[name] else {
        throw ParsedArguments.problem(
          found: "no \(option) for \(name)", expected: "one for each of \(list)")
      }
      result.append(path)
    }
    return result
  }

  private mutating func assign(_ text: String) throws(InputError) {
    let named = names.first { text.hasPrefix("\($0)=") }
    guard let name = named ?? (names.count == 1 ? names[0] : nil) else {
      let given = String(text.split(separator: "=").first ?? "")
      throw ParsedArguments.problem(
        found: "\(option) \(text)", expected: "NAME=FILE with a name of \(list)",
        nearest: NearestName.of(given, among: names))
    }
    guard paths[name] == nil else {
      throw ParsedArguments.problem(found: "\(option) of \(name) twice", expected: "it once")
    }
    paths[name] = named == nil ? text : String(text.dropFirst(name.count + 1))
  }

  private var list: String {
    names.prefix(20).joined(separator: ", ") + (names.count > 20 ? ", ..." : "")
  }
}
