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

      An ONNX model (.onnx) gets each array whole, by the input's name (NAME=X.npy) where it has
      several; it is run once, or once for each sample where its inputs begin with an extent of 1.
      """,
    positionals: [.init(name: "MODEL", help: "Model file (.tflite, .onnx).")],
    options: [
      .init(
        name: "--input", value: "[NAME=]X.npy", help: "Inputs (NAME= for ONNX only).",
        isRepeatable: true),
      .init(
        name: "--output", value: "[NAME=]Y.npy", help: "Where outputs are written.",
        isRepeatable: true),
      .arithmetic,
      .init(name: "--reset", value: nil, help: "Forget variables before each sample."),
      .jobs, .progress,
    ])

  private static func run(_ arguments: ParsedArguments) throws(InputError) -> ExitCode {
    let path = arguments.positionals[0]
    _ = (try arguments.required("--input"), try arguments.required("--output"))
    switch try ModelLoader.model(path: path) {
    case .network(let network): return try run(network, path: path, arguments)
    case .onnx(let model): return try ONNXInference.run(model, path: path, arguments)
    }
  }

  private static func run(
    _ network: Network, path: String, _ arguments: ParsedArguments
  ) throws(InputError) -> ExitCode {
    let inputPath = try arguments.single("--input")
    let outputPath = try arguments.single("--output")
    let plan = try ModelLoader.plan(network, arithmetic: arguments.arithmetic(), path: path)
    let samples = try NPYFile.read(path: inputPath)
    let progress = arguments.progress()
    defer { progress.finish() }
    try check(plan, samples, modelPath: path, inputPath: inputPath)
    let bytes: [UInt8]
    let jobs = try arguments.jobs()
    do {
      bytes = try outputs(
        plan, samples.bytes, resets: arguments.has("--reset"), jobs: jobs, progress)
    } catch { throw InputError(error, file: path) }
    let output = plan.network.main.tensors[plan.network.main.outputs[0]]
    let extents = output.shape.dimensions
    let result = NPYFile(
      elementType: output.elementType,
      shape: [Int](samples.shape[..<1]) + (extents.first == 1 ? extents.dropFirst() : extents[...]),
      bytes: bytes)
    try result.write(to: outputPath)
    return .pass
  }

  private static func check(
    _ plan: ExecutionPlan, _ samples: NPYFile, modelPath: String, inputPath: String
  ) throws(InputError) {
    let main = plan.network.main
    guard main.inputs.count == 1, main.outputs.count == 1 else {
      throw InputError(
        InputProblem(
          file: modelPath, found: "\(main.inputs.count) inputs and \(main.outputs.count) outputs",
          expected: "one of each"))
    }
    let input = main.tensors[main.inputs[0]]
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
  }

  /// A stateful model hears a stream, unless every sample begins anew: then the order is free.
  private static func outputs(
    _ plan: ExecutionPlan, _ bytes: [UInt8], resets: Bool, jobs: Int, _ progress: Progress
  ) throws(ModelError) -> [UInt8] {
    if resets || plan.takesBatches {
      return try SampleEvaluator(plan, jobs: jobs).outputs(of: bytes, progress: progress)
    }
    var interpreter = Interpreter(plan)
    let count = bytes.count / SampleEvaluator(plan).inputByteCount
    return try bytes.withBytes { (all) throws(ModelError) -> [UInt8] in
      try interpreter.outputs(of: all, resets: false) { done in
        progress.report("inference", done: done - 1, of: count)
      }
    }
  }

}
