import Compression
import Glibc
import NeuralNetworks
import Training

/// Quantizes a float model, as `Benchmarks/compression` compares it with other tools.
///
///     QuantizationBenchmark MODEL SAMPLES OUTPUT [KEY=VALUE ...]
///
/// `SAMPLES` are float32 values of the input, sample after sample, for calibration. `OUTPUT` ends
/// with .tflite or .onnx. Keys: `form` (or `none`, to write the model as it is), `method`, `bits`,
/// `activations`, `granularity`, `nibbles=1`, `correct=1` (biases), `equalize=1`,
/// `interface=float`, `sparse=1`.
@main
struct QuantizationBenchmark {
  static func main() {
    let arguments = CommandLine.arguments
    guard arguments.count >= 4 else { fail("MODEL SAMPLES OUTPUT [KEY=VALUE ...]") }
    var options: [String: String] = [:]
    for argument in arguments[4...] {
      let parts = argument.split(separator: "=", maxSplits: 1).map(String.init)
      options[parts[0]] = parts.count == 2 ? parts[1] : ""
    }
    do throws(ModelError) {
      try run(model: arguments[1], samples: arguments[2], output: arguments[3], options)
    } catch { fail("\(error)") }
  }

  private static func run(
    model: String, samples: String, output: String, _ options: [String: String]
  ) throws(ModelError) {
    var network = try ModelFormat.read(path: model)
    if options["form"] == "none" {
      try write(network, to: output, options)
      return
    }
    let shape = network.main.tensors[network.main.inputs[0]].shape
    let values = ConstantData(bytes: try ModelBytes(mapping: samples).withBytes { Array($0) })
    let set = SampleSet(shape: shape, values: values.elements(as: Float.self))
    let settings = try settings(options)
    let quantizer = Quantizer(settings)
    try quantizer.check(network)
    let method = try method(options["method"] ?? "auto")
    let calibrator = Calibrator(method ?? .minimumMaximum)
    if options["equalize"] == "1" {
      let ranges = try calibrator.ranges(of: network, on: set)
      network = CrossLayerEqualization.equalized(network, ranges: ranges).network
    }
    var ranges = ActivationRanges()
    if quantizer.needsRanges, method == nil {
      let found = try CalibrationSearch(
        settings, correctsBiases: options["correct"].map { $0 == "1" }
      )
      .best(for: network, on: set, jobs: 2)
      (network, ranges) = (found.network, found.ranges)
    } else if options["correct"] == "1" {
      network = try BiasCorrection(settings).corrected(network, on: set)
    }
    if quantizer.needsRanges, method != nil {
      ranges = try calibrator.ranges(of: network, on: set)
    }
    let result = try quantizer.quantize(network, ranges: ranges).network
    try write(result, to: output, options)
  }

  private static func settings(
    _ options: [String: String]
  ) throws(ModelError) -> QuantizationSettings {
    guard let form = QuantizationSettings.Form(rawValue: options["form"] ?? "int8"),
      let bits = Int(options["bits"] ?? "8")
    else { throw ModelError(place: "options", found: "\(options)", expected: "a known form") }
    var settings = QuantizationSettings(form: form, weightBits: bits)
    settings.activationBits = options["activations"].flatMap { Int($0) }
    settings.granularity = options["granularity"] == "tensor" ? .tensor : .channel
    settings.storesNibbles = options["nibbles"] == "1"
    settings.hasFloatInterface = options["interface"] == "float"
    return settings
  }

  /// Nil for `auto`.
  private static func method(_ name: String) throws(ModelError) -> CalibrationMethod? {
    let method = CalibrationMethod.all.first { $0.name == name }
    guard method != nil || name == "auto" else {
      throw ModelError(place: "options", found: "method=\(name)", expected: "auto or a method")
    }
    return method
  }

  private static func write(
    _ network: Network, to path: String, _ options: [String: String]
  ) throws(ModelError) {
    let bytes =
      path.hasSuffix(".onnx")
      ? try ONNXWriter.bytes(of: network)
      : try TFLiteWriter.bytes(of: network, sparsely: options["sparse"] == "1")
    guard let file = fopen(path, "wb") else { fail("\(path) cannot be written") }
    let written = bytes.withUnsafeBytes { fwrite($0.baseAddress, 1, $0.count, file) }
    guard fclose(file) == 0, written == bytes.count else { fail("\(path) cannot be written") }
  }

  private static func fail(_ message: String) -> Never {
    let bytes = Array("QuantizationBenchmark: \(message)\n".utf8)
    _ = bytes.withUnsafeBytes { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
    exit(2)
  }
}
