import NeuralNetworks

extension OperatorCall {
  func int(_ name: String, default value: Int) throws(ModelError) -> Int {
    try optionalInt(name) ?? value
  }

  func optionalInt(_ name: String) throws(ModelError) -> Int? {
    guard let attribute = node.attribute(name) else { return nil }
    guard case .int(let value) = attribute else { throw wrongKind(name, "an integer") }
    return value
  }

  func flag(_ name: String, default value: Bool = false) throws(ModelError) -> Bool {
    try int(name, default: value ? 1 : 0) != 0
  }

  func float(_ name: String, default value: Float) throws(ModelError) -> Float {
    guard let attribute = node.attribute(name) else { return value }
    guard case .float(let value) = attribute else { throw wrongKind(name, "a float") }
    return value
  }

  func string(_ name: String, default value: String) throws(ModelError) -> String {
    guard let attribute = node.attribute(name) else { return value }
    guard case .string(let value) = attribute else { throw wrongKind(name, "a string") }
    return value
  }

  func strings(_ name: String) throws(ModelError) -> [String]? {
    guard let attribute = node.attribute(name) else { return nil }
    guard case .strings(let value) = attribute else { throw wrongKind(name, "strings") }
    return value
  }

  func ints(_ name: String) throws(ModelError) -> [Int]? {
    guard let attribute = node.attribute(name) else { return nil }
    guard case .ints(let value) = attribute else { throw wrongKind(name, "integers") }
    return value
  }

  func floats(_ name: String) throws(ModelError) -> [Float]? {
    guard let attribute = node.attribute(name) else { return nil }
    guard case .floats(let value) = attribute else { throw wrongKind(name, "floats") }
    return value
  }

  func tensor(_ name: String) throws(ModelError) -> TensorValue? {
    guard let attribute = node.attribute(name) else { return nil }
    guard case .tensor(let value) = attribute else { throw wrongKind(name, "a tensor") }
    return try TensorValue(value).checkedIfEmpty()
  }

  func required<Value>(_ name: String, _ value: Value?) throws(ModelError) -> Value {
    guard let value else {
      throw ModelError(place: "attribute \"\(name)\"", found: "none", expected: "a value")
    }
    return value
  }

  /// One of a few words.
  func choice<Choice: RawRepresentable<String> & CaseIterable>(
    _ name: String, default value: Choice
  ) throws(ModelError) -> Choice {
    let word = try string(name, default: value.rawValue)
    guard let choice = Choice(rawValue: word) else {
      let words = Choice.allCases.map(\.rawValue).joined(separator: ", ")
      throw ModelError(
        place: "attribute \"\(name)\"", found: "\"\(word)\"", expected: "one of \(words)")
    }
    return choice
  }

  /// An axis that may be counted from the end.
  func axis(_ name: String, default value: Int, rank: Int) throws(ModelError) -> Int {
    try normalized(int(name, default: value), rank: rank, place: "attribute \"\(name)\"")
  }

  func problem(_ place: String, found: String, expected: String) -> ModelError {
    ModelError(place: place, found: found, expected: expected)
  }

  private func wrongKind(_ name: String, _ expected: String) -> ModelError {
    var found = "another kind"
    if case .other(let kind) = node.attribute(name) { found = kind }
    if case .reference = node.attribute(name) { found = "a function's attribute" }
    return ModelError(place: "attribute \"\(name)\"", found: found, expected: expected)
  }
}

/// An axis in `0..<rank`; negative ones count from the end.
func normalized(_ axis: Int, rank: Int, place: String) throws(ModelError) -> Int {
  guard axis >= -rank, axis < rank else {
    throw ModelError(
      place: place, found: "axis \(axis)", expected: "one of a tensor of rank \(rank)")
  }
  return axis < 0 ? axis + rank : axis
}

/// A shape that is computed from data, for a tensor that may be made.
func checkedShape(_ dimensions: [Int], of type: ElementType) throws(ModelError) -> Shape {
  let shape = try checkedShape(dimensions)
  try TensorValue.checkSize(type, shape)
  return shape
}

/// A shape that is computed from data.
func checkedShape(_ dimensions: [Int]) throws(ModelError) -> Shape {
  guard dimensions.count <= Shape.maximumRank, let shape = Shape(checking: dimensions) else {
    throw ModelError(
      place: "output shape", found: "\(dimensions.prefix(20))",
      expected: "at most \(Shape.maximumElementCount) elements")
  }
  return shape
}
