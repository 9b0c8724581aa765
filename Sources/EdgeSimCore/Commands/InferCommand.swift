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
      sample begins anew. Samples may have another shape where the model's signature leaves extents
      open.

      With --input NAME=X.npy for every input by its name (and --output NAME=Y.npy for every output)
      each array is a whole tensor of one invocation, of any shape that the operators take.

      An ONNX model (.onnx) gets each array whole, by the input's name (NAME=X.npy) where it has
      several; it is run once, or once for each sample where its inputs begin with an extent of 1.
      """,
    positionals: [.init(name: "MODEL", help: "Model file (.tflite, .onnx).")],
    options: [
      .init(name: "--input", value: "[NAME=]X.npy", help: "Inputs.", isRepeatable: true),
      .init(
        name: "--output", value: "[NAME=]Y.npy", help: "Where outputs are written.",
        isRepeatable: true),
      .arithmetic,
      .init(name: "--reset", value: nil, help: "Forget variables before each sample."),
      .init(
        name: "--profile", value: "FILE",
        help: "Write what each operator costs on this machine as CSV; - prints a table."),
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
    if isNamed(arguments, network) { return try runNamed(network, arguments, path: path) }
    let inputPath = try arguments.single("--input")
    let outputPath = try arguments.single("--output")
    let samples = try NPYFile.read(path: inputPath)
    let plan = try ModelLoader.plan(
      try fitted(network, samples, path: path), arithmetic: arguments.arithmetic(), path: path)
    let progress = arguments.progress()
    defer { progress.finish() }
    try check(plan, samples, modelPath: path, inputPath: inputPath)
    let bytes: [UInt8]
    let (resets, jobs) = (arguments.has("--reset"), try arguments.jobs())
    var times = OperatorTimes(plan)
    do throws(ModelError) {
      bytes =
        arguments.value("--profile") == nil
        ? try outputs(plan, samples.bytes, resets: resets, jobs: jobs, progress)
        : try profiledOutputs(plan, samples.bytes, resets: resets, &times)
    } catch { throw InputError(error, file: path) }
    if let file = arguments.value("--profile") { try write(HostProfile(plan, times), to: file) }
    let output = plan.network.main.tensors[plan.network.main.outputs[0]]
    let extents = output.shape.dimensions
    let result = NPYFile(
      elementType: output.elementType,
      shape: [Int](samples.shape[..<1]) + (extents.first == 1 ? extents.dropFirst() : extents[...]),
      bytes: bytes)
    try result.write(to: outputPath)
    return .pass
  }

  /// The network for samples of another shape than it states, where its dynamic axes allow that.
  private static func fitted(
    _ network: Network, _ samples: NPYFile, path: String
  ) throws(InputError) -> Network {
    guard network.main.inputs.count == 1 else { return network }
    let input = network.main.tensors[network.main.inputs[0]]
    let extents = Array(samples.shape.dropFirst())
    for candidate in [extents, [1] + extents] {
      guard let shape = Shape(checking: candidate), shape != input.shape, input.takes(shape),
        shape.elementCount > 0
      else { continue }
      do { return try network.resized([shape]) } catch { throw InputError(error, file: path) }
    }
    return network
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

  /// One sample after the other on one thread, so that nothing else takes part in the times.
  private static func profiledOutputs(
    _ plan: ExecutionPlan, _ bytes: [UInt8], resets: Bool, _ times: inout OperatorTimes
  ) throws(ModelError) -> [UInt8] {
    var interpreter = Interpreter(plan)
    let size = SampleEvaluator(plan).inputByteCount
    var result: [UInt8] = []
    for start in stride(from: 0, to: bytes.count, by: size) {
      if resets { interpreter.reset() }
      bytes[start..<start + size].withUnsafeBytes { interpreter.setInput(0, bytes: $0) }
      try interpreter.invoke(timing: &times)
      interpreter.withOutput(0) { result.append(contentsOf: $0) }
    }
    return result
  }

  private static func write(_ profile: HostProfile, to file: String) throws(InputError) {
    if file == "-" { return Console.error(profile.table) }
    try AtomicFile.write(profile.csv, to: file)
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
