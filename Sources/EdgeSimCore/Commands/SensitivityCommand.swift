import Compression
import Glibc
import NeuralNetworks
import Training

/// `edgesim sensitivity`: which layers of a network can be compressed how far.
enum SensitivityCommand {
  static let command = Command(specification: specification, run: run)

  private static let specification = CommandSpecification(
    name: "sensitivity", summary: "Measure what a model loses when one layer is compressed.",
    discussion: """

      Compresses one layer after the other, each with several strengths and all others as they are,
      and measures what is left on the samples. With --out the table is written there as JSON, CSV
      and a picture. A strength that a layer cannot take leaves a gap.
      """,
    positionals: [.init(name: "MODEL", help: "Float model file (.tflite).")],
    options: [
      .init(name: "--data", value: "D.npy", help: "Samples: a NumPy file of float32."),
      .init(name: "--truth", value: "T.csv", help: "Their labels: CSV with a column label."),
      .init(
        name: "--labels", value: "A,B,...",
        help: "Names of the model's outputs (default: 0,1,...)."),
      .init(
        name: "--objective", value: "WHAT", help: "What is measured (default: classification).",
        choices: NetworkScore.Objective.allCases.map(\.rawValue)),
      .init(
        name: "--by", value: "WHAT", help: "What is done to a layer (default: sparsity).",
        choices: Kind.allCases.map(\.rawValue)),
      .init(
        name: "--strengths", value: "X,Y,...",
        help: "Sparsities, shares of channels, numbers of shared values, or bits."),
      .init(name: "--layer", value: "NAME", help: "The layer of --by filters."),
      .init(name: "--out", value: "DIR", help: "Write the table and its picture here."),
      .jobs, .json, .progress,
    ])

  private enum Kind: String, CaseIterable {
    /// Shares of single weights.
    case sparsity
    /// Shares of output channels of convolutions.
    case channels
    /// Shares of units of dense layers.
    case rows
    /// Numbers of values that weights share.
    case values
    /// Bits of weights, each channel with its scale.
    case bits
    /// Output channels of one layer, one by one.
    case filters

    var strengths: [Double] {
      switch self {
      case .sparsity: [0.5, 0.7, 0.8, 0.9]
      case .channels, .rows: [0.25, 0.5, 0.75]
      case .values: [64, 16, 8, 4, 2]
      case .bits: [8, 6, 4, 3, 2]
      case .filters: [1]
      }
    }
  }

  private static func run(_ arguments: ParsedArguments) throws(InputError) -> ExitCode {
    let path = arguments.positionals[0]
    let network = try ModelLoader.network(path: path)
    let jobs = try arguments.jobs()
    let progress = arguments.progress()
    let samples = try samples(arguments, network).samples(jobs: jobs, progress: progress)
    let objective =
      arguments.value("--objective").flatMap(NetworkScore.Objective.init) ?? .classification
    let analysis = try analysis(arguments, network, file: path)
    guard !analysis.parts.isEmpty else {
      throw InputError(
        InputProblem(
          file: path, found: "no layer that can be compressed so",
          expected: "convolutions or dense layers with float32 weights"))
    }
    let table: SensitivityTable
    do throws(ModelError) {
      table = try analysis.table(
        of: objective == .classification ? "accuracy" : "ROC area", jobs: jobs,
        progress: { progress.report("sensitivity", done: $0, of: $1) }
      ) { (changed) throws(ModelError) -> Double in
        try NetworkScore.of(
          changed, on: samples, objective: objective, arithmetic: .doubleRounding, jobs: 1
        ).quality
      }
    } catch { throw InputError(error, file: path) }
    progress.finish()
    if let folder = arguments.value("--out") {
      try FileSystem.makeFolder(folder)
      for file in try table.write(to: folder) { Console.error("wrote \(file)\n") }
    }
    Console.out(arguments.has("--json") ? table.json.document : table.text)
    return .pass
  }

  private static func samples(
    _ arguments: ParsedArguments, _ network: Network
  ) throws(InputError) -> DataSource {
    let outputs = network.main.outputs.first.map { network.main.tensors[$0].shape.elementCount }
    let names =
      arguments.value("--labels").map { $0.split(separator: ",").map(String.init) }
      ?? (0..<min(outputs ?? 1, 10_000)).map(String.init)
    return .array(
      path: try arguments.required("--data"), labelsPath: try arguments.required("--truth"),
      classNames: names)
  }

  private static func analysis(
    _ arguments: ParsedArguments, _ network: Network, file: String
  ) throws(InputError) -> SensitivityAnalysis {
    let kind = arguments.value("--by").flatMap(Kind.init) ?? .sparsity
    let strengths = try arguments.numbers("--strengths") ?? kind.strengths
    switch kind {
    case .sparsity: return .weights(of: network, amounts: strengths)
    case .channels: return .channels(of: network, target: .filters, shares: strengths)
    case .rows: return .channels(of: network, target: .rows, shares: strengths)
    case .values: return .values(of: network, counts: strengths)
    case .bits: return .bits(of: network, widths: strengths)
    case .filters:
      let layer = try arguments.required("--layer")
      do { return try .filters(of: network, layer: layer) } catch {
        throw InputError(error, file: file)
      }
    }
  }
}

extension ParsedArguments {
  /// A list of numbers.
  fileprivate func numbers(_ name: String) throws(InputError) -> [Double]? {
    guard let text = value(name) else { return nil }
    let numbers = text.split(separator: ",").map { Double($0) ?? .nan }
    guard (1...1000).contains(numbers.count), numbers.allSatisfy(\.isFinite) else {
      throw Self.problem(found: "\(name) \(text)", expected: "numbers with commas between them")
    }
    return numbers
  }
}
