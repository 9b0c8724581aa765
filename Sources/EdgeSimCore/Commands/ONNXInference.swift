import Inference
import NeuralNetworks

/// `edgesim infer` of an ONNX model.
enum ONNXInference {
  static func run(
    _ model: ONNXModel, path: String, _ arguments: ParsedArguments
  ) throws(InputError) -> ExitCode {
    let evaluator = try ModelLoader.evaluator(model, path: path)
    let inputs = evaluator.inputs.map(\.name)
    let outputs = evaluator.outputs.map(\.name)
    let inputPaths = try assigned(arguments.values("--input"), to: inputs, option: "--input")
    let outputPaths = try assigned(arguments.values("--output"), to: outputs, option: "--output")
    if let missing = inputs.first(where: { inputPaths[$0] == nil }) {
      throw ParsedArguments.problem(
        found: "no --input for \(missing)", expected: "one for each of \(list(inputs))")
    }
    var arrays: [NPYFile] = []
    for name in inputs { arrays.append(try NPYFile.read(path: inputPaths[name] ?? "")) }
    let results = try run(evaluator, arrays, path: path)
    for (name, result) in zip(outputs, results) {
      if let target = outputPaths[name] { try result.write(to: target) }
    }
    return .pass
  }

  /// `NAME=PATH`; the name may be left out where there is only one.
  static func assigned(
    _ values: [String], to names: [String], option: String
  ) throws(InputError) -> [String: String] {
    var paths: [String: String] = [:]
    for value in values {
      let parts = value.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let isNamed = parts.count == 2 && names.contains(String(parts[0]))
      guard isNamed || names.count == 1 else {
        throw ParsedArguments.problem(
          found: "\(option) \(value)", expected: "NAME=FILE with a name of \(list(names))",
          nearest: NearestName.of(String(parts[0]), among: names))
      }
      let name = isNamed ? String(parts[0]) : names[0]
      guard paths[name] == nil else {
        throw ParsedArguments.problem(found: "\(option) of \(name) twice", expected: "it once")
      }
      paths[name] = isNamed ? String(parts[1]) : value
    }
    return paths
  }

  private static func list(_ names: [String]) -> String {
    names.prefix(20).joined(separator: ", ") + (names.count > 20 ? ", ..." : "")
  }

  /// Runs once, or sample by sample where the model takes one and the arrays hold more.
  private static func run(
    _ evaluator: ONNXEvaluator, _ arrays: [NPYFile], path: String
  ) throws(InputError) -> [NPYFile] {
    do throws(ModelError) {
      let count = samples(evaluator, arrays)
      guard count > 1 else {
        var values: [ONNXValue] = []
        for array in arrays { values.append(.tensor(try TensorValue(array))) }
        return try evaluator.run(values).map { value throws(ModelError) in try NPYFile(value) }
      }
      var results: [NPYFile] = []
      for index in 0..<count {
        var values: [ONNXValue] = []
        for array in arrays { values.append(.tensor(try TensorValue(array, row: index))) }
        let outputs = try evaluator.run(values)
        for (number, output) in outputs.enumerated() {
          let array = try NPYFile(output)
          if number == results.count {
            results.append(array)
          } else {
            try results[number].append(array)
          }
        }
      }
      return results
    } catch { throw InputError(error, file: path) }
  }

  /// How many runs the arrays are for.
  private static func samples(_ evaluator: ONNXEvaluator, _ arrays: [NPYFile]) -> Int {
    let takesOne = evaluator.inputs.allSatisfy { info in
      if case .tensor(_, let dimensions?) = info.type {
        dimensions.first == .fixed(1)
      } else {
        false
      }
    }
    let counts = Set(arrays.map { $0.shape.first ?? 1 })
    return takesOne && counts.count == 1 ? counts.first ?? 1 : 1
  }
}

extension TensorValue {
  init(_ array: NPYFile) throws(ModelError) {
    try self.init(array, shape: array.shape, bytes: array.bytes[...])
  }

  /// One element of the first axis, which stays.
  init(_ array: NPYFile, row: Int) throws(ModelError) {
    let size = array.bytes.count / max(array.shape.first ?? 1, 1)
    try self.init(
      array, shape: [1] + array.shape.dropFirst(), bytes: array.bytes[row * size..<(row + 1) * size]
    )
  }

  private init(
    _ array: NPYFile, shape: [Int], bytes: ArraySlice<UInt8>
  ) throws(ModelError) {
    guard let shape = Shape(checking: shape) else {
      throw ModelError(place: "input", found: "\(array.shape)", expected: "a smaller array")
    }
    try self.init(array.elementType, shape, bytes: Array(bytes))
  }
}

extension NPYFile {
  init(_ value: ONNXValue) throws(ModelError) {
    guard case .tensor(let tensor) = value else {
      throw ModelError(
        place: "output", found: "a sequence or an empty optional", expected: "a tensor")
    }
    self.init(
      elementType: tensor.elementType, shape: tensor.shape.dimensions,
      bytes: tensor.withBytes { Array($0) })
  }

  /// Adds more elements along the first axis.
  fileprivate mutating func append(_ other: NPYFile) throws(ModelError) {
    guard !shape.isEmpty, shape.count == other.shape.count, shape[1...] == other.shape[1...] else {
      throw ModelError(
        place: "output", found: "shapes \(shape) and \(other.shape)",
        expected: "the same for each sample")
    }
    shape[0] += other.shape[0]
    bytes += other.bytes
  }
}
