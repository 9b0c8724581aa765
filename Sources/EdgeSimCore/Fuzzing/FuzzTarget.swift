import Inference
import NeuralNetworks
import SignalProcessing

/// A reader of files from outside, as fuzzers and their replayed corpus call it.
///
/// Contract: whatever the bytes are, `run` returns; it does not crash, takes less than a second
/// for inputs of a few KiB, and allocates no more than `docs/fuzzing.md` states.
public enum FuzzTarget: String, CaseIterable, Sendable {
  case tflite, onnx, device, scenario, data, npy, csv, audio, image, mat

  /// Reads the bytes as far as this reader's data ever goes, and drops what comes out.
  ///
  /// - Returns: whether the input was accepted.
  @discardableResult
  public func run(_ bytes: [UInt8]) -> Bool {
    switch self {
    case .tflite:
      accepts { () throws(ModelError) in
        let file = ModelBytes(bytes)
        _ = OperatorCoverage(try TFLiteReader.survey(file, name: ""), arithmetic: .doubleRounding)
        try Self.execute(try TFLiteReader.read(file, name: "fuzz"))
      }
    case .onnx:
      accepts { () throws(ModelError) in
        let model = try ONNXReader.read(ModelBytes(bytes), name: "fuzz")
        _ = OperatorCoverage(model)
        try Self.evaluate(model)
      }
    case .device:
      accepts { () throws(InputError) in
        _ = try DeviceDocument.read(DocumentReader.read(text: bytes, file: "fuzz"), file: "fuzz")
      }
    case .scenario:
      accepts { () throws(InputError) in
        _ = try ScenarioReader.read(DocumentReader.read(text: bytes, file: "fuzz"), file: "fuzz")
      }
    case .data:
      accepts { () throws(InputError) in
        _ = try DataSource.read(DocumentReader.read(text: bytes, file: "fuzz"), file: "fuzz")
      }
    case .npy: accepts { () throws(InputError) in _ = try NPYFile.parse(bytes, file: "fuzz") }
    case .csv:
      accepts { () throws(InputError) in
        let table = try CSVFile.parse(bytes, file: "fuzz")
        _ = try LabeledDataset.readManifest(table, file: "fuzz")
      }
    case .audio: accepts { () throws(SignalFileError) in _ = try AudioFile.read(bytes: bytes) }
    case .image: accepts { () throws(SignalFileError) in _ = try ImageFile(bytes: bytes) }
    case .mat:
      accepts { () throws(SignalFileError) in
        _ = try MATFile(bytes: bytes).recording(suffix: "DE_time")
      }
    }
  }

  /// What the reader may hold on the heap at one time: a base for tables and libraries, and a
  /// multiple of the input.
  public func mostHeapBytes(inputByteCount count: Int) -> Int {
    switch self {
    case .tflite: 4 << 20 + 1024 * count
    case .onnx: 16 << 20 + 1024 * count
    case .device, .scenario, .data: 1 << 18 + 512 * count
    case .npy: 1 << 16 + 8 * count
    case .csv: 1 << 16 + 128 * count
    // Compressed silence has no ratio: the limit is that of `AudioFile`, an hour.
    case .audio: 256 << 20
    // Even pixels are compressed a thousandfold: the limit is that of `ImageFile`.
    case .image: 160 << 20
    case .mat: 1 << 16 + 16 * count
    }
  }

  /// Also renders the error, as the command would.
  private func accepts<Failure: Error>(_ body: () throws(Failure) -> Void) -> Bool {
    do throws(Failure) {
      try body()
      return true
    } catch {
      precondition(!"\(error)".isEmpty)
      return false
    }
  }

  /// Most multiply-accumulates, elements and bytes of a network that is run: the rest is read and
  /// planned only, since a small file may rightly ask for hours of work.
  private static let mostWork = 1 << 18

  /// What one arithmetic refuses, others may take. One plan is reordered.
  private static func execute(_ network: Network) throws(ModelError) {
    let workload = network.workload()
    let elements = workload.operators.reduce(0) { $0 + $1.outputElements + $1.weightBytes }
    let work = min(workload.macs, mostWork) + elements
    var refusal: ModelError?
    for arithmetic in Arithmetic.allCases {
      do throws(ModelError) {
        let plan = try ExecutionPlan(
          network, arithmetic: arithmetic, reorder: arithmetic == .singleRounding)
        guard work + plan.arena.peakBytes < mostWork else { continue }
        var interpreter = Interpreter(plan)
        try interpreter.invoke()
        try interpreter.invoke()
      } catch { refusal = error }
    }
    if let refusal { throw refusal }
  }

  /// Runs a model on zeros, named extents being 2, as far as small limits go.
  private static func evaluate(_ model: ONNXModel) throws(ModelError) {
    var limits = EvaluationLimits(liveBytes: 1 << 16)
    limits.nodeRuns = 1000
    limits.graphRuns = 1000
    limits.steps = mostWork
    let evaluator = ONNXEvaluator(try ONNXProgram(model), limits: limits)
    var inputs: [ONNXValue] = []
    for info in evaluator.inputs {
      guard case .tensor(let type, let dimensions) = info.type, let dimensions,
        let shape = Shape(checking: dimensions.map(extent)), shape.elementCount <= 4096
      else { return }
      let zeros = [UInt8](repeating: 0, count: type.byteCount(of: shape.elementCount))
      let value = zeros.withUnsafeBytes { bytes in
        Result { () throws(ModelError) in try TensorValue(type, shape, bytes: bytes) }
      }
      inputs.append(.tensor(try value.get()))
    }
    _ = try evaluator.run(inputs)
  }

  private static func extent(_ dimension: ONNXValueInfo.Dimension) -> Int {
    if case .fixed(let extent) = dimension { extent } else { 2 }
  }
}
