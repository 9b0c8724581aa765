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
    let files = try NamedFiles(
      arguments, option: "--input", names: main.inputs.map { main.tensors[$0].name }
    ).all()
    let targets = try NamedFiles(
      arguments, option: "--output", names: main.outputs.map { main.tensors[$0].name }
    ).all()
    var values: [TensorValue] = []
    for file in files {
      let array = try NPYFile.read(path: file)
      do { values.append(try TensorValue(array)) } catch { throw InputError(error, file: file) }
    }
    let outputs: [TensorValue]
    do {
      var interpreter = try DynamicInterpreter(network, arithmetic: arguments.arithmetic())
      outputs = try interpreter.run(values)
    } catch { throw InputError(error, file: path) }
    for (value, target) in zip(outputs, targets) { try NPYFile(value).write(to: target) }
    return .pass
  }
}
