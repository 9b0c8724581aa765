import Inference
import NeuralNetworks

/// `edgesim infer --input NAME=X.npy`: any number of inputs and outputs, of any shapes.
extension InferCommand {
  /// Whether inputs are given by name.
  static func isNamed(_ arguments: ParsedArguments, _ network: Network) -> Bool {
    let names = network.main.inputs.map { network.main.tensors[$0].name }
    return arguments.values("--input").contains { text in
      names.contains { text.hasPrefix("\($0)=") }
    }
  }

  /// Runs once; each array is a whole tensor, and shapes follow from those of the inputs.
  static func runNamed(
    _ network: Network, _ arguments: ParsedArguments, path: String
  ) throws(InputError) -> ExitCode {
    let main = network.main
    let files = try paths(
      arguments.values("--input"), option: "--input", main.inputs.map { main.tensors[$0].name })
    let targets = try paths(
      arguments.values("--output"), option: "--output", main.outputs.map { main.tensors[$0].name })
    var values: [TensorValue] = []
    for file in files { values.append(try value(path: file)) }
    let outputs: [TensorValue]
    do {
      var interpreter = try DynamicInterpreter(network, arithmetic: arguments.arithmetic())
      outputs = try interpreter.run(values)
    } catch { throw InputError(error, file: path) }
    for (value, target) in zip(outputs, targets) {
      try NPYFile(
        elementType: value.elementType, shape: value.shape.dimensions,
        bytes: value.withBytes { Array($0) }
      ).write(to: target)
    }
    return .pass
  }

  private static func value(path: String) throws(InputError) -> TensorValue {
    let array = try NPYFile.read(path: path)
    guard let shape = Shape(checking: array.shape) else {
      throw InputError(
        InputProblem(file: path, found: "the shape \(array.shape)", expected: "a smaller one"))
    }
    let value = array.bytes.withUnsafeBytes {
      try? TensorValue(array.elementType, shape, bytes: $0)
    }
    guard let value else {
      throw InputError(
        InputProblem(
          file: path, found: "\(array.bytes.count) bytes",
          expected: "at most \(TensorValue.maximumByteCount)"))
    }
    return value
  }

  /// The file of each name, in the order of the names.
  private static func paths(
    _ texts: [String], option: String, _ names: [String]
  ) throws(InputError) -> [String] {
    if let path = texts.first, texts.count == 1, names.count == 1,
      !path.hasPrefix("\(names[0])=")
    {
      return [path]
    }
    var files: [String: String] = [:]
    for text in texts {
      guard let name = names.first(where: { text.hasPrefix("\($0)=") }), files[name] == nil else {
        let given = String(text.split(separator: "=").first ?? "")
        throw ParsedArguments.problem(
          found: "\(option) \(text)",
          expected: "NAME=FILE.npy, once for each of "
            + names.joined(separator: ", "), nearest: NearestName.of(given, among: names))
      }
      files[name] = String(text.dropFirst(name.count + 1))
    }
    var result: [String] = []
    for name in names {
      guard let file = files[name] else {
        throw ParsedArguments.problem(
          found: "no \(option) \(name)=FILE.npy",
          expected: "one for each of "
            + names.joined(separator: ", "))
      }
      result.append(file)
    }
    return result
  }
}
