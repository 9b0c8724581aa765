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
    let inputPaths = try NamedFiles(arguments, option: "--input", names: inputs).all()
    let outputPaths = try NamedFiles(arguments, option: "--output", names: outputs).paths
    var arrays: [NPYFile] = []
    for path in inputPaths { arrays.append(try NPYFile.read(path: path)) }
    let results = try run(evaluator, arrays, path: path)
    for (name, result) in zip(outputs, results) {
      if let target = outputPaths[name] { try result.write(to: target) }
    }
    return .pass
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
