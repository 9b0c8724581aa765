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
      .init(
        name: "--profile", value: "FILE",
        help: "Write what each operator costs on this machine as CSV; - prints a table as error."),
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
    var run = InferenceRun(
      plan: plan, resets: arguments.has("--reset"), progress: progress,
      times: arguments.value("--profile").map { _ in OperatorTimes(plan) })
    let result = try run.outputs(for: samples, modelPath: path, inputPath: inputPath)
    try result.write(to: outputPath)
    if let times = run.times, let file = arguments.value("--profile") {
      try write(HostProfile(plan, times), to: file)
    }
    return .pass
  }

  private static func write(_ profile: HostProfile, to file: String) throws(InputError) {
    if file == "-" { return Console.error(profile.table) }
    try AtomicFile.write(profile.csv, to: file)
  }
}

/// A plan executed on sample after sample.
private struct InferenceRun {
  let plan: ExecutionPlan
  /// Whether variables are forgotten before each sample.
  let resets: Bool
  let progress: Progress
  /// Nil when nobody wants the time of each operator.
  var times: OperatorTimes?

  mutating func outputs(
    for samples: NPYFile, modelPath: String, inputPath: String
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
    let bytes = execute(samples.bytes, count: count)
    let extents = output.shape.dimensions
    return NPYFile(
      elementType: output.elementType,
      shape: [count] + (extents.first == 1 ? extents.dropFirst() : extents[...]), bytes: bytes)
  }

  private mutating func execute(_ bytes: [UInt8], count: Int) -> [UInt8] {
    var interpreter = Interpreter(plan)
    let size = bytes.count / count
    var result: [UInt8] = []
    for sample in 0..<count {
      if resets { interpreter.reset() }
      bytes.withUnsafeBytes { all in
        interpreter.setInput(
          0, bytes: UnsafeRawBufferPointer(rebasing: all[sample * size..<(sample + 1) * size]))
      }
      if var timed = times {
        interpreter.invoke(timing: &timed)
        times = timed
      } else {
        interpreter.invoke()
      }
      interpreter.withOutput(0) { result.append(contentsOf: $0) }
      progress.report("inference", done: sample, of: count)
    }
    return result
  }
}
