import NeuralNetworks

/// Reads the members of a JSON object one by one. What is absent or wrong is recorded as a problem
/// and comes back as nil; `finish()` records the keys that nobody asked for.
final class DocumentObject {
  let problems: DocumentProblems
  /// Path from the root: `devices[0]`; empty for the root.
  let place: String
  let position: TextPosition
  private let members: [DocumentMember]
  private var knownKeys: [String] = []
  private var keysAreData = false

  /// Nil, and a problem, when the node is no object.
  init?(_ node: DocumentNode, place: String = "", problems: DocumentProblems) {
    guard case .object(let members) = node.value else {
      problems.record(
        at: node.position, place: place, found: node.value.kindName, expected: "an object")
      return nil
    }
    self.members = members
    self.place = place
    self.problems = problems
    position = node.position
  }

  /// The value of an optional key.
  func optional(_ key: String) -> DocumentNode? {
    if !knownKeys.contains(key) { knownKeys.append(key) }
    return members.first { $0.key == key }?.node
  }

  /// The value of a required key.
  func required(_ key: String) -> DocumentNode? {
    if let node = optional(key) { return node }
    problems.record(
      at: position, place: place, found: "no key \"\(key)\"", expected: "it, as it is required")
    return nil
  }

  func has(_ key: String) -> Bool { members.contains { $0.key == key } }

  /// Records the keys that were not asked for.
  func finish() {
    guard !keysAreData else { return }
    let free = knownKeys.filter { !has($0) }.sorted()
    let expected = free.isEmpty ? "no further key" : "one of \(free.joined(separator: ", "))"
    for member in members where !problems.isFull && !knownKeys.contains(member.key) {
      problems.record(
        at: member.position, place: place, found: "the unknown key \"\(member.key.prefix(60))\"",
        expected: expected, nearest: NearestName.of(member.key, among: knownKeys))
    }
  }

  /// Every member in the order of the text, for maps whose keys are data.
  var pairs: [DocumentMember] {
    keysAreData = true
    return members
  }

  func path(of key: String) -> String { place.isEmpty ? key : "\(place).\(key)" }

  /// Records that the value of `key` is not what it should be.
  func reject(_ key: String, found: String? = nil, expected: String, nearest: String? = nil) {
    let node = members.first { $0.key == key }?.node
    problems.record(
      at: node?.position ?? position, place: path(of: key),
      found: found ?? node?.value.kindName ?? "nothing", expected: expected, nearest: nearest)
  }
}

extension DocumentObject {
  func string(_ key: String) -> String? { required(key).flatMap { text($0, key) } }

  func optionalString(_ key: String) -> String? { optional(key).flatMap { text($0, key) } }

  private func text(_ node: DocumentNode, _ key: String) -> String? {
    if case .string(let text) = node.value, !text.isEmpty { return text }
    reject(key, expected: "a text that is not empty")
    return nil
  }

  /// One of the names.
  func choice(_ key: String, of names: [String]) -> String? {
    guard let text = string(key) else { return nil }
    if names.contains(text) { return text }
    reject(
      key, expected: "one of \(names.joined(separator: ", "))",
      nearest: NearestName.of(text, among: names))
    return nil
  }

  func optionalInt(_ key: String, in range: ClosedRange<Int>) -> Int? {
    guard let node = optional(key) else { return nil }
    if case .number(let text) = node.value, let value = Int(text), range.contains(value) {
      return value
    }
    reject(key, expected: "a whole number from \(range.lowerBound) to \(range.upperBound)")
    return nil
  }

  func int(_ key: String, in range: ClosedRange<Int>) -> Int? {
    required(key).flatMap { _ in optionalInt(key, in: range) }
  }

  func number(_ key: String, in range: ClosedRange<Double>) -> Double? {
    required(key).flatMap { _ in optionalNumber(key, in: range) }
  }

  func optionalNumber(_ key: String, in range: ClosedRange<Double>) -> Double? {
    guard let node = optional(key) else { return nil }
    if case .number(let text) = node.value, let value = Double(text), range.contains(value) {
      return value
    }
    reject(key, expected: "a number from \(range.lowerBound) to \(range.upperBound)")
    return nil
  }

  func bool(_ key: String) -> Bool? { required(key).flatMap { _ in optionalBool(key) } }

  func optionalBool(_ key: String) -> Bool? {
    guard let node = optional(key) else { return nil }
    if case .bool(let flag) = node.value { return flag }
    reject(key, expected: "true or false")
    return nil
  }

  /// The elements of a list.
  func array(_ key: String, count: ClosedRange<Int>) -> [DocumentNode]? {
    guard let node = required(key) else { return nil }
    if case .array(let elements) = node.value, count.contains(elements.count) { return elements }
    reject(key, expected: "a list of \(count.lowerBound) to \(count.upperBound) elements")
    return nil
  }

  /// The texts of an optional list.
  func optionalStrings(_ key: String, count: ClosedRange<Int>) -> [String]? {
    guard optional(key) != nil else { return nil }
    return list(key, count: count, expected: "a list of texts that are not empty") { node in
      if case .string(let text) = node.value, !text.isEmpty { text } else { nil }
    }
  }

  /// The numbers of a list.
  func ints(_ key: String, in range: ClosedRange<Int>, count: ClosedRange<Int>) -> [Int]? {
    let expected = "whole numbers from \(range.lowerBound) to \(range.upperBound)"
    return list(key, count: count, expected: expected) { node in
      if case .number(let text) = node.value, let value = Int(text), range.contains(value) {
        value
      } else {
        nil
      }
    }
  }

  private func list<Element>(
    _ key: String, count: ClosedRange<Int>, expected: String,
    _ read: (DocumentNode) -> Element?
  ) -> [Element]? {
    guard let nodes = array(key, count: count) else { return nil }
    let elements = nodes.compactMap(read)
    if elements.count == nodes.count { return elements }
    reject(key, expected: expected)
    return nil
  }

  /// A quantity with a unit of its kind.
  func quantity(_ key: String, _ kind: QuantityKind) -> Quantity? {
    required(key).flatMap { quantity($0, key, kind) }
  }

  func optionalQuantity(_ key: String, _ kind: QuantityKind) -> Quantity? {
    optional(key).flatMap { quantity($0, key, kind) }
  }

  private func quantity(_ node: DocumentNode, _ key: String, _ kind: QuantityKind) -> Quantity? {
    guard case .string(let text) = node.value else {
      reject(key, expected: "\(kind.expectation) in quotes")
      return nil
    }
    switch Quantity.parse(text, as: kind) {
    case .success(let quantity): return quantity
    case .failure(let problem):
      reject(key, found: problem.found, expected: problem.expected, nearest: problem.nearest)
      return nil
    }
  }

  func object(_ key: String) -> DocumentObject? {
    required(key).flatMap { DocumentObject($0, place: path(of: key), problems: problems) }
  }

  func optionalObject(_ key: String) -> DocumentObject? {
    optional(key).flatMap { DocumentObject($0, place: path(of: key), problems: problems) }
  }

  /// The objects of a list; nil elements are left out, their problems recorded.
  func objects(_ key: String, count: ClosedRange<Int>) -> [DocumentObject]? {
    guard let node = required(key) else { return nil }
    guard case .array(let elements) = node.value, count.contains(elements.count) else {
      reject(key, expected: "a list of \(count.lowerBound) to \(count.upperBound) objects")
      return nil
    }
    return elements.enumerated().compactMap { index, element in
      DocumentObject(element, place: "\(path(of: key))[\(index)]", problems: problems)
    }
  }

  func optionalObjects(_ key: String, count: ClosedRange<Int>) -> [DocumentObject]? {
    optional(key) == nil ? nil : objects(key, count: count)
  }
}
