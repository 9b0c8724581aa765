import Inference
import NeuralNetworks

/// `edgesim infer`: outputs of a model for given inputs, for comparison with any other runtime.
enum InferCommand {
  static let command = Command(specification: specification, run: run)

  private static let specification = CommandSpecification(
    name: "infer", summary: "Run a model on the samples of a NumPy file.",
    discussion: """

      The first axis of X.npy counts samples; the rest are the elements of the model's input, in the
      element type of the model's own input. Y.npy gets the model's own output, sample by sample.
      Variables of the model are kept from sample to sample, as in a stream; with --reset each
      sample begins anew.
      """,
    positionals: [.init(name: "MODEL", help: "Model file (.tflite) with one input and output.")],
    options: [
      .init(name: "--input", value: "X.npy", help: "Inputs."),
      .init(name: "--output", value: "Y.npy", help: "Where outputs are written."), .arithmetic,
      .init(name: "--reset", value: nil, help: "Forget variables before each sample."),
      .progress,
    ])

  private static func run(_ arguments: ParsedArguments) throws(InputError) -> ExitCode {
    let path = arguments.positionals[0]
    let inputPath = try arguments.required("--input")
    let outputPath = try arguments.required("--output")
    let network = try ModelLoader.network(path: path)
    let plan = try ModelLoader.plan(network, arithmetic: arguments.arithmetic(), path: path)
    let samples = try NPYFile.read(path: inputPath)
    let progress = arguments.progress()
    defer { progress.finish() }
    let result = try infer(
      plan, samples, resets: arguments.has("--reset"), progress: progress, modelPath: path,
      inputPath: inputPath)
    try result.write(to: outputPath)
    return .pass
  }

  private static func infer(
    _ plan: ExecutionPlan, _ samples: NPYFile, resets: Bool, progress: Progress, modelPath: String,
    inputPath: String
  ) throws(InputError) -> NPYFile {
    let main = plan.network.main
    guard main.inputs.count == 1, main.outputs.count == 1 else {
      throw InputError(
        InputProblem(
          file: modelPath, found: "\(main.inputs.count) inputs and \(main.outputs.count) outputs",
          expected: "one of each"))
    }
    let input = main.tensors[main.inputs[0]]
    let output = main.tensors[main.outputs[0]]
    let count = samples.shape.first ?? 0
    guard samples.elementType == input.elementType,
      samples.bytes.count == count * input.byteCount, count > 0
    else {
      throw InputError(
        InputProblem(
          file: inputPath, found: "\(samples.elementType.rawValue) \(Shape(samples.shape))",
          expected: "\(input.elementType.rawValue) [samples, ...] with \(input.shape) elements each"
        ))
    }
    let bytes = run(plan, samples.bytes, count: count, resets: resets, progress: progress)
    let extents = output.shape.dimensions
    return NPYFile(
      elementType: output.elementType,
      shape: [count] + (extents.first == 1 ? extents.dropFirst() : extents[...]), bytes: bytes)
  }

  private static func run(
    _ plan: ExecutionPlan, _ bytes: [UInt8], count: Int, resets: Bool, progress: Progress
  ) -> [UInt8] {
    var interpreter = Interpreter(plan)
    let size = bytes.count / count
    var result: [UInt8] = []
    for sample in 0..<count {
      if resets { interpreter.reset() }
      bytes.withUnsafeBytes { all in
        interpreter.setInput(
          0, bytes: UnsafeRawBufferPointer(rebasing: all[sample * size..<(sample + 1) * size]))
      }
      interpreter.invoke()
      interpreter.withOutput(0) { result.append(contentsOf: $0) }
      progress.report("inference", done: sample, of: count)
    }
    return result
  }
}
